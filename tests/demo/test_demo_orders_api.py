"""What the orders API answers and what its metrics say about that."""

from collections.abc import Callable, Mapping
from itertools import islice, pairwise

import pytest

from demo.faults import Faults, read_faults
from demo.traffic import generate_calls
from tests.demo.orders_api_client import OrdersApiClient, Sample, list_label_values

NAMES_AND_LABELS = {
    "http_requests_total": {"method", "endpoint", "http_status"},
    "http_request_duration_seconds_bucket": {"method", "endpoint", "le"},
    "http_request_duration_seconds_count": {"method", "endpoint"},
    "http_request_duration_seconds_sum": {"method", "endpoint"},
    "http_requests_in_flight": set(),
    "process_memory_bytes": {"type"},
    "db_query_duration_seconds_bucket": {"operation", "table", "le"},
    "db_query_duration_seconds_count": {"operation", "table"},
    "db_query_duration_seconds_sum": {"operation", "table"},
    "orders_created_total": {"outcome"},
    "shop_step_total": {"step"},
}


def test_the_metrics_have_exactly_the_names_and_labels_of_the_articles(
    orders_api: OrdersApiClient,
) -> None:
    service_samples = [
        sample for sample in orders_api.scrape_metrics() if is_service_metric(sample[0])
    ]
    assert {name for name, _ in service_samples} == set(NAMES_AND_LABELS)
    for name, labels in service_samples:
        assert {label for label, _ in labels} == NAMES_AND_LABELS[name]


def is_service_metric(name: str) -> bool:
    """Tell the service's metrics from those that every Python process or the worker exposes."""
    prefixes = ("http_", "db_", "orders_", "shop_", "process_memory_")
    return name.startswith(prefixes)


def test_the_buckets_are_those_of_the_articles(orders_api: OrdersApiClient) -> None:
    scraped = orders_api.scrape_metrics()
    http = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, float("inf")]
    database = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, float("inf")]
    assert [le for le, _ in list_buckets(scraped, "http_request_duration_seconds")] == http
    assert [le for le, _ in list_buckets(scraped, "db_query_duration_seconds")] == database


def test_raw_paths_never_become_label_values(orders_api: OrdersApiClient) -> None:
    with orders_api.measure_changes() as changes:
        for user in (1, 2, 3):
            assert orders_api.send_call("GET", f"/api/users/{user}") == 200
            assert orders_api.send_call("GET", f"/wp-content/{user}.php") == 404
    happened = {sample: change for sample, change in changes.items() if change}
    assert list_label_values(happened, "endpoint") == {"/api/users/{user_id}", "unmatched"}


def test_invented_methods_share_one_label_value(orders_api: OrdersApiClient) -> None:
    with orders_api.measure_changes() as changes:
        assert orders_api.send_call("BREW", "/api/orders") == 405
        assert orders_api.send_call("STIR", "/api/orders") == 405
    assert count_requests(changes, method="OTHER", http_status="405") == 2
    assert not {"BREW", "STIR"} & list_label_values(changes, "method")


def test_scrapes_health_checks_and_the_switches_are_not_measured(
    orders_api: OrdersApiClient,
) -> None:
    with orders_api.measure_changes() as changes:
        assert orders_api.send_call("GET", "/health") == 200
        assert orders_api.send_call("GET", "/metrics") == 200
        assert orders_api.send_call("GET", "/favicon.ico") == 404
        assert orders_api.send_call("GET", "/demo/faults") == 200
    assert count_requests(changes) == 0
    assert changes["http_requests_in_flight", frozenset()] == 0


def test_series_known_in_advance_exist_before_anything_happens(orders_api: OrdersApiClient) -> None:
    scraped = orders_api.scrape_metrics()
    never_happens = {"method": "POST", "endpoint": "/api/cart", "http_status": "500"}
    assert scraped["http_requests_total", frozenset(never_happens.items())] == 0
    assert list_label_values(scraped, "outcome") == {"ok", "failed"}
    assert list_label_values(scraped, "step") == {"view", "cart", "checkout", "paid"}
    assert list_label_values(scraped, "operation") >= {"SELECT", "INSERT"}
    assert list_label_values(scraped, "table") >= {"users", "orders"}


def test_prometheus_gets_the_format_it_asks_for(orders_api: OrdersApiClient) -> None:
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = orders_api.session.get(f"{orders_api.url}/metrics", headers=accept, timeout=10)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_the_average_hides_what_p99_shows(orders_api: OrdersApiClient) -> None:
    with orders_api.measure_changes() as changes:
        send_traffic(orders_api, 500)
    assert compute_mean(changes) == pytest.approx(0.0735, abs=0.0005)
    assert estimate_quantile(0.99, changes) == pytest.approx(3.21, abs=0.01)


def test_with_the_index_p99_falls_to_95_ms(
    start_orders_api: Callable[[Faults], OrdersApiClient],
) -> None:
    shop = start_orders_api(read_faults({"INDEXED": "1", "ERROR_SHARE": "0.0"}))
    with shop.measure_changes() as changes:
        send_traffic(shop, 200)
    assert estimate_quantile(0.99, changes) == pytest.approx(0.095, abs=0.001)


def test_the_index_can_be_made_and_dropped_while_it_runs(orders_api: OrdersApiClient) -> None:
    orders_api.switch_faults(slow_table=False)
    with orders_api.measure_changes() as mended:
        list_orders(orders_api, 10)
    orders_api.switch_faults(slow_table=True)
    with orders_api.measure_changes() as broken:
        list_orders(orders_api, 10)
    assert compute_mean(mended) == pytest.approx(0.045)
    assert compute_mean(broken) == pytest.approx(0.045 + 2.8 / 10)


def test_the_asked_for_share_of_requests_fails(orders_api: OrdersApiClient) -> None:
    orders_api.switch_faults(error_share=0.25)
    with orders_api.measure_changes() as changes:
        statuses = [orders_api.send_call("GET", "/api/users/1") for _ in range(20)]
    assert statuses.count(500) == 5
    assert count_requests(changes, http_status="500", endpoint="/api/users/{user_id}") == 5


def test_a_switch_that_does_not_exist_is_refused(orders_api: OrdersApiClient) -> None:
    assert orders_api.send_call("POST", "/demo/faults", {"slow_tabel": False}) == 422
    assert orders_api.send_call("POST", "/demo/faults", {"error_share": 1.5}) == 422


def test_what_is_not_there_is_404_and_impossible_numbers_are_no_500(
    orders_api: OrdersApiClient,
) -> None:
    assert orders_api.send_call("GET", "/api/users/1001") == 404
    assert orders_api.send_call("GET", "/api/orders/1000000000") == 404
    assert orders_api.send_call("GET", f"/api/users/{2**63}") == 422
    assert orders_api.send_call("POST", "/api/orders", {"user_id": 1, "cents": 0}) == 422


def test_an_order_can_be_found_again(orders_api: OrdersApiClient) -> None:
    url = f"{orders_api.url}/api/orders"
    created = orders_api.session.post(url, json={"user_id": 5, "cents": 999}, timeout=10).json()
    assert orders_api.session.get(f"{url}/{created['id']}", timeout=10).json() == created
    assert orders_api.session.get(url, params={"user_id": 5}, timeout=10).json()[0] == created


def test_orders_and_the_way_to_them_are_counted(orders_api: OrdersApiClient) -> None:
    with orders_api.measure_changes() as changes:
        assert orders_api.send_call("GET", "/api/users/1") == 200
        assert orders_api.send_call("POST", "/api/cart?user_id=1") == 201
        assert orders_api.send_call("POST", "/api/orders", {"user_id": 1, "cents": 999}) == 201
        assert orders_api.send_call("POST", "/api/orders", {"user_id": 1, "cents": 99_999}) == 402
        orders_api.switch_faults(error_share=1)
        assert orders_api.send_call("POST", "/api/orders", {"user_id": 1, "cents": 999}) == 500
    steps = {step: sum_changes(changes, "shop_step_total", step=step) for step in FUNNEL_STEPS}
    assert steps == {"view": 1, "cart": 1, "checkout": 3, "paid": 1}
    assert sum_changes(changes, "orders_created_total", outcome="ok") == 1
    assert sum_changes(changes, "orders_created_total", outcome="failed") == 2


FUNNEL_STEPS = ("view", "cart", "checkout", "paid")


def send_traffic(orders_api: OrdersApiClient, count: int) -> None:
    """Send what customers send, one after the other."""
    for call in islice(generate_calls(), count):
        orders_api.send_call(call.method, call.path, call.body)


def list_orders(orders_api: OrdersApiClient, times: int) -> None:
    """Ask for a user's orders."""
    for _ in range(times):
        assert orders_api.send_call("GET", "/api/orders?user_id=1") == 200


def sum_changes(changes: Mapping[Sample, float], name: str, **labels: str) -> float:
    """Add up the samples that have these labels."""
    return sum(
        change
        for (sample, has), change in changes.items()
        if sample == name and labels.items() <= dict(has).items()
    )


def count_requests(changes: Mapping[Sample, float], **labels: str) -> float:
    """Count requests with these labels."""
    return sum_changes(changes, "http_requests_total", **labels)


def compute_mean(changes: Mapping[Sample, float]) -> float:
    """Return the average duration of all requests."""
    name = "http_request_duration_seconds"
    return sum_changes(changes, f"{name}_sum") / sum_changes(changes, f"{name}_count")


def list_buckets(changes: Mapping[Sample, float], name: str) -> list[tuple[float, float]]:
    """Return upper bounds and cumulative counts, over all series."""
    bounds = {dict(labels)["le"] for sample, labels in changes if sample == f"{name}_bucket"}
    return sorted((float(le), sum_changes(changes, f"{name}_bucket", le=le)) for le in bounds)


def estimate_quantile(q: float, changes: Mapping[Sample, float]) -> float:
    """Estimate a quantile of all requests as `histogram_quantile` does."""
    cumulative = [(0.0, 0.0), *list_buckets(changes, "http_request_duration_seconds")]
    rank = q * cumulative[-1][1]
    for (lower, below), (upper, count) in pairwise(cumulative):
        if count >= rank:
            return lower + (upper - lower) * (rank - below) / (count - below)
    raise AssertionError("the last bucket holds everything")
