"""What the orders API answers and what its metrics say about that."""

from collections.abc import Callable, Mapping
from itertools import islice, pairwise

import pytest

from demo.faults import Faults, faults_from
from demo.traffic import traffic
from tests.demo.running_shop import RunningShop, Sample, label_values

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


def test_the_metrics_have_exactly_the_names_and_labels_of_the_articles(shop: RunningShop) -> None:
    ours = [sample for sample in shop.scrape() if is_ours(sample[0])]
    assert {name for name, _ in ours} == set(NAMES_AND_LABELS)
    for name, labels in ours:
        assert {label for label, _ in labels} == NAMES_AND_LABELS[name]


def is_ours(name: str) -> bool:
    """Tell the service's metrics from those that every Python process or the worker exposes."""
    prefixes = ("http_", "db_", "orders_", "shop_", "process_memory_")
    return name.startswith(prefixes)


def test_the_buckets_are_those_of_the_articles(shop: RunningShop) -> None:
    scraped = shop.scrape()
    http = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, float("inf")]
    database = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, float("inf")]
    assert [le for le, _ in buckets(scraped, "http_request_duration_seconds")] == http
    assert [le for le, _ in buckets(scraped, "db_query_duration_seconds")] == database


def test_raw_paths_never_become_label_values(shop: RunningShop) -> None:
    with shop.measured() as changes:
        for user in (1, 2, 3):
            assert shop.call("GET", f"/api/users/{user}") == 200
            assert shop.call("GET", f"/wp-content/{user}.php") == 404
    happened = {sample: change for sample, change in changes.items() if change}
    assert label_values(happened, "endpoint") == {"/api/users/{user_id}", "unmatched"}


def test_invented_methods_share_one_label_value(shop: RunningShop) -> None:
    with shop.measured() as changes:
        assert shop.call("BREW", "/api/orders") == 405
        assert shop.call("STIR", "/api/orders") == 405
    assert requests_of(changes, method="OTHER", http_status="405") == 2
    assert not {"BREW", "STIR"} & label_values(changes, "method")


def test_scrapes_health_checks_and_the_switches_are_not_measured(shop: RunningShop) -> None:
    with shop.measured() as changes:
        assert shop.call("GET", "/health") == 200
        assert shop.call("GET", "/metrics") == 200
        assert shop.call("GET", "/favicon.ico") == 404
        assert shop.call("GET", "/demo/faults") == 200
    assert requests_of(changes) == 0
    assert changes["http_requests_in_flight", frozenset()] == 0


def test_series_known_in_advance_exist_before_anything_happens(shop: RunningShop) -> None:
    scraped = shop.scrape()
    never_happens = {"method": "POST", "endpoint": "/api/cart", "http_status": "500"}
    assert scraped["http_requests_total", frozenset(never_happens.items())] == 0
    assert label_values(scraped, "outcome") == {"ok", "failed"}
    assert label_values(scraped, "step") == {"view", "cart", "checkout", "paid"}
    assert label_values(scraped, "operation") >= {"SELECT", "INSERT"}
    assert label_values(scraped, "table") >= {"users", "orders"}


def test_prometheus_gets_the_format_it_asks_for(shop: RunningShop) -> None:
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = shop.session.get(f"{shop.url}/metrics", headers=accept, timeout=10)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_the_average_hides_what_p99_shows(shop: RunningShop) -> None:
    with shop.measured() as changes:
        send_traffic(shop, 500)
    assert mean(changes) == pytest.approx(0.0735, abs=0.0005)
    assert quantile(0.99, changes) == pytest.approx(3.21, abs=0.01)


def test_with_the_index_p99_falls_to_95_ms(start_shop: Callable[[Faults], RunningShop]) -> None:
    shop = start_shop(faults_from({"INDEXED": "1", "ERROR_SHARE": "0.0"}))
    with shop.measured() as changes:
        send_traffic(shop, 200)
    assert quantile(0.99, changes) == pytest.approx(0.095, abs=0.001)


def test_the_index_can_be_made_and_dropped_while_it_runs(shop: RunningShop) -> None:
    shop.switch(slow_table=False)
    with shop.measured() as mended:
        list_orders(shop, 10)
    shop.switch(slow_table=True)
    with shop.measured() as broken:
        list_orders(shop, 10)
    assert mean(mended) == pytest.approx(0.045)
    assert mean(broken) == pytest.approx(0.045 + 2.8 / 10)


def test_the_asked_for_share_of_requests_fails(shop: RunningShop) -> None:
    shop.switch(error_share=0.25)
    with shop.measured() as changes:
        statuses = [shop.call("GET", "/api/users/1") for _ in range(20)]
    assert statuses.count(500) == 5
    assert requests_of(changes, http_status="500", endpoint="/api/users/{user_id}") == 5


def test_a_switch_that_does_not_exist_is_refused(shop: RunningShop) -> None:
    assert shop.call("POST", "/demo/faults", {"slow_tabel": False}) == 422
    assert shop.call("POST", "/demo/faults", {"error_share": 1.5}) == 422


def test_what_is_not_there_is_404_and_impossible_numbers_are_no_500(shop: RunningShop) -> None:
    assert shop.call("GET", "/api/users/1001") == 404
    assert shop.call("GET", "/api/orders/1000000000") == 404
    assert shop.call("GET", f"/api/users/{2**63}") == 422
    assert shop.call("POST", "/api/orders", {"user_id": 1, "cents": 0}) == 422


def test_an_order_can_be_found_again(shop: RunningShop) -> None:
    url = f"{shop.url}/api/orders"
    created = shop.session.post(url, json={"user_id": 5, "cents": 999}, timeout=10).json()
    assert shop.session.get(f"{url}/{created['id']}", timeout=10).json() == created
    assert shop.session.get(url, params={"user_id": 5}, timeout=10).json()[0] == created


def test_orders_and_the_way_to_them_are_counted(shop: RunningShop) -> None:
    with shop.measured() as changes:
        assert shop.call("GET", "/api/users/1") == 200
        assert shop.call("POST", "/api/cart?user_id=1") == 201
        assert shop.call("POST", "/api/orders", {"user_id": 1, "cents": 999}) == 201
        assert shop.call("POST", "/api/orders", {"user_id": 1, "cents": 99_999}) == 402
        shop.switch(error_share=1)
        assert shop.call("POST", "/api/orders", {"user_id": 1, "cents": 999}) == 500
    steps = {step: value(changes, "shop_step_total", step=step) for step in FUNNEL}
    assert steps == {"view": 1, "cart": 1, "checkout": 3, "paid": 1}
    assert value(changes, "orders_created_total", outcome="ok") == 1
    assert value(changes, "orders_created_total", outcome="failed") == 2


FUNNEL = ("view", "cart", "checkout", "paid")


def send_traffic(shop: RunningShop, count: int) -> None:
    """Send what customers send, one after the other."""
    for call in islice(traffic(), count):
        shop.call(call.method, call.path, call.body)


def list_orders(shop: RunningShop, times: int) -> None:
    """Ask for a user's orders."""
    for _ in range(times):
        assert shop.call("GET", "/api/orders?user_id=1") == 200


def value(changes: Mapping[Sample, float], name: str, **labels: str) -> float:
    """Add up the samples that have these labels."""
    return sum(
        change
        for (sample, has), change in changes.items()
        if sample == name and labels.items() <= dict(has).items()
    )


def requests_of(changes: Mapping[Sample, float], **labels: str) -> float:
    """Count requests with these labels."""
    return value(changes, "http_requests_total", **labels)


def mean(changes: Mapping[Sample, float]) -> float:
    """Return the average duration of all requests."""
    name = "http_request_duration_seconds"
    return value(changes, f"{name}_sum") / value(changes, f"{name}_count")


def buckets(changes: Mapping[Sample, float], name: str) -> list[tuple[float, float]]:
    """Return upper bounds and cumulative counts, over all series."""
    bounds = {dict(labels)["le"] for sample, labels in changes if sample == f"{name}_bucket"}
    return sorted((float(le), value(changes, f"{name}_bucket", le=le)) for le in bounds)


def quantile(q: float, changes: Mapping[Sample, float]) -> float:
    """Estimate a quantile of all requests as `histogram_quantile` does."""
    cumulative = [(0.0, 0.0), *buckets(changes, "http_request_duration_seconds")]
    rank = q * cumulative[-1][1]
    for (lower, below), (upper, count) in pairwise(cumulative):
        if count >= rank:
            return lower + (upper - lower) * (rank - below) / (count - below)
    raise AssertionError("the last bucket holds everything")
