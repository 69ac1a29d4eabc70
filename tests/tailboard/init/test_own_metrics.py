"""Metrics that no convention knows: which get a panel, and how they are split."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter

from tailboard.init.convention_match import recognize_convention
from tailboard.init.outcomes import Steps, describe_success
from tailboard.init.own_metrics import MAX_PANELS, OwnMetrics, find_own_metrics
from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.registry import read_registry
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue


def read_own_metrics(text: str) -> OwnMetrics:
    catalogue = read_catalogue(text)
    return find_own_metrics(catalogue, recognize_convention(catalogue))


def format_histogram(name: str, bounds: str = "1 5 10 +Inf") -> str:
    buckets = [f'{name}_bucket{{le="{bound}"}} 1' for bound in bounds.split()]
    return "\n".join([f"# TYPE {name} histogram", *buckets, f"{name}_count 1", f"{name}_sum 1", ""])


@pytest.mark.parametrize("name", ["prometheus_client", "django_prometheus", "redis_exporter"])
def test_what_a_convention_explains_is_not_shown_again(name: str) -> None:
    recognition = read_own_metrics(format_exposition(name))
    assert not recognition
    assert {*recognition.omissions} <= {
        "django_http_requests_latency_including_middlewares_seconds"
    }


def test_each_type_has_its_panel() -> None:
    recognition = read_own_metrics(
        format_histogram("upload_seconds")
        + "# TYPE orders_total counter\norders_total 1\n"
        + "# TYPE orders_sent counter\norders_sent 1\n"
        + "# TYPE waiting gauge\nwaiting 1\n"
        + "bare_total 1\nbare_bytes 1\n"
    )
    assert [*recognition.histograms] == ["upload_seconds"]
    assert [*recognition.counters] == ["bare_total", "orders_sent", "orders_total"]
    assert [*recognition.gauges] == ["bare_bytes", "waiting"]
    assert recognition.omissions == {}
    assert len(recognition) == 6


def test_a_counter_of_openmetrics_has_the_name_of_its_series() -> None:
    assert [
        *read_own_metrics("# TYPE orders counter\norders_total 1\norders_created 9\n").counters
    ] == ["orders_total"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('# TYPE app_info gauge\napp_info{version="1"} 1', "says what is"),
        ("# TYPE orders_total counter", "no series yet"),
        ('{"orders.created",channel="web"} 1', "whether it is a counter or a gauge"),
        ("# TYPE state stateset\nstate 1\n# EOF", "its type is stateset"),
        (format_histogram("coarse_seconds", "1 +Inf"), "too few buckets"),
    ],
)
def test_what_cannot_be_shown_is_told_with_the_reason(text: str, why: str) -> None:
    recognition = read_own_metrics(text + "\n")
    assert not recognition
    ((_, reason),) = recognition.omissions.items()
    assert why in reason


def test_names_of_prometheus_3_are_shown_and_split_by_labels_of_its_kind() -> None:
    recognition = read_own_metrics(
        '# TYPE "a.b" gauge\n{"a.b","order.state"="open","user.id"="1"} 1\n'
        '# TYPE "订单 {总数}" counter\n{"订单 {总数}","渠道"="web"} 1\n'
    )
    assert recognition.gauges == {"a.b": ("order.state",)}
    assert recognition.counters == {"订单 {总数}": ("渠道",)}


def test_a_summary_is_shown_with_its_quantiles_where_it_has_any() -> None:
    recognition = read_own_metrics(
        "# TYPE size_bytes summary\nsize_bytes_count 1\nsize_bytes_sum 1\n"
        "# TYPE rpc_seconds summary\n"
        'rpc_seconds{kind="a",quantile="0.5"} 1\nrpc_seconds{kind="a",quantile="0.9"} 1\n'
        'rpc_seconds_count{kind="a"} 1\nrpc_seconds_sum{kind="a"} 1\n'
    )
    assert recognition.summaries == {"size_bytes": (), "rpc_seconds": ("kind", "quantile")}
    assert not recognition.gauges


def test_a_summary_without_a_declared_type_is_known_by_its_quantiles() -> None:
    text = 'rpc_seconds{quantile="0.5"} 1\nrpc_seconds_count 1\nrpc_seconds_sum 1\n'
    recognition = read_own_metrics(text)
    assert recognition.summaries == {"rpc_seconds": ("quantile",)}
    assert not recognition.gauges


def test_when_something_began_to_count_is_nothing_to_show() -> None:
    text = "# TYPE orders_total counter\norders_total 1\n# TYPE orders_created gauge\n"
    recognition = read_own_metrics(text + "orders_created 1.6e9\n")
    assert [*recognition.counters] == ["orders_total"]
    assert (recognition.gauges, recognition.omissions) == ({}, {})


def test_runtimes_are_not_the_application() -> None:
    recognition = read_own_metrics("process_threads 1\npython_info 1\ngo_goroutines 1\n")
    assert (bool(recognition), recognition.omissions) == (False, {})


def test_what_else_a_library_exposes_is_its_own() -> None:
    recognition = read_own_metrics(
        format_exposition("redis_exporter") + "redis_blocked_clients 1\nshop_waiting 1\n"
    )
    assert [*recognition.gauges] == ["shop_waiting"]
    assert "library's own" in recognition.omissions["redis_blocked_clients"]


def test_rates_of_pushed_counters_are_not_shown() -> None:
    recognition = read_own_metrics(
        format_exposition("pushgateway_jobs") + "rows_total 1\nrows_left 1\n"
    )
    assert [*recognition.gauges] == ["rows_left"]
    assert "pushed" in recognition.omissions["rows_total"]


@pytest.mark.parametrize(
    ("values", "split"),
    [
        (["ok", "failed"], True),
        (["200", "404"], True),
        ([f"v{n}" for n in range(20)], True),
        ([f"v{n}" for n in range(21)], False),
        (["10001", "10002"], False),
        (["anna@example.com"], False),
        (["0f8fad5b-d9cb-469f-a165-70867728950e"], False),
        (["/orders/17", "/orders/18"], False),
    ],
)
def test_only_labels_of_few_values_that_are_no_ids_split(values: list[str], split: bool) -> None:
    lines = "\n".join(f'orders_total{{label="{value}"}} 1' for value in values)
    assert read_own_metrics(lines + "\n").counters["orders_total"] == (("label",) if split else ())


@pytest.mark.parametrize("label", ["user_id", "email", "session", "api_key", "order_uuid"])
def test_a_label_that_is_called_an_id_does_not_split(label: str) -> None:
    text = f'orders_total{{{label}="1"}} 1\norders_total{{{label}="2"}} 1\n'
    assert read_own_metrics(text).counters["orders_total"] == ()


@pytest.mark.parametrize("label", ["worker_id", "shard_id", "valid", "user_agent"])
def test_a_label_of_few_values_by_nature_does_split(label: str) -> None:
    text = f'orders_total{{{label}="1"}} 1\norders_total{{{label}="2"}} 1\n'
    assert read_own_metrics(text).counters["orders_total"] == (label,)


def test_ten_numbers_are_ids_as_the_check_says() -> None:
    text = "".join(f'orders_total{{customer="{number}"}} 1\n' for number in range(10))
    assert read_own_metrics(text).counters["orders_total"] == ()


def test_labels_that_prometheus_or_a_library_adds_do_not_split() -> None:
    text = 'orders_total{job="a",pid="1",otel_scope_name="x",country="de"} 1\n'
    assert read_own_metrics(text).counters["orders_total"] == ("country",)


def test_labels_that_already_differ_split_before_those_that_do_not() -> None:
    text = "".join(f'o_total{{a="1",b="1",c="{n}",d="{n}",e="{n}"}} 1\n' for n in range(2))
    assert read_own_metrics(text).counters["o_total"] == ("c", "d", "e")


def test_lines_are_not_multiplied_beyond_what_anyone_reads() -> None:
    text = "".join(f'o_total{{a="v{n}",b="v{m}"}} 1\n' for n in range(10) for m in range(12))
    assert read_own_metrics(text).counters["o_total"] == ("a",)


def test_a_dashboard_has_no_more_panels_than_load_well() -> None:
    recognition = read_own_metrics("".join(f"g{n:03} 1\n" for n in range(MAX_PANELS + 2)))
    assert len(recognition.gauges) == MAX_PANELS
    assert len(recognition.omissions) == 2


def test_a_metric_without_an_event_yet_is_split_by_its_labels_but_for_ids() -> None:
    registry = CollectorRegistry()
    Counter("orders", "", ["country", "user_id", "session", "job"], registry=registry)
    Counter("sent", "", ["to"], registry=registry).labels("someone@example.com").inc()
    catalogue = Catalogue()
    read_registry(registry, catalogue, "the registry")
    metrics = find_own_metrics(catalogue, recognize_convention(catalogue))
    assert metrics.counters == {"orders_total": ("country",), "sent_total": ()}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("cache_usage_perc 0.8", "shares"),
        ("cache_usage_perc 80", "percentages"),
        ("disk_pct 0.5", "shares"),
        ("cpu_utilization 37", "percentages"),
        ("memory_usage 0.5", "shares"),
        ("memory_usage 512000000", "gauges"),
        ("fill 0.25", "shares"),
        ("waiting 1", "gauges"),
        ("waiting 0", "gauges"),
        ("load 1.5", "gauges"),
        ("balance -0.5", "gauges"),
        ("lag_seconds 0.5", "gauges"),
        ("hit_ratio 0.5", "gauges"),
        ("fill NaN", "gauges"),
    ],
)
def test_a_gauge_is_a_share_by_its_name_and_its_values(line: str, kind: str) -> None:
    labels_by_kind = read_own_metrics(f"{line}\n").labels_by_kind
    assert {kind: [*names] for kind, names in labels_by_kind.items()} == {
        kind: [line.split(maxsplit=1)[0]]
    }


def test_a_share_stays_within_1_for_all_of_its_series() -> None:
    text = 'fill{tank="a"} 0.25\nfill{tank="b"} 3\n'
    assert [*read_own_metrics(text).labels_by_kind] == ["gauges"]


@pytest.mark.parametrize(
    "text",
    [
        "# TYPE orders counter\norders_total 1\norders_created 1.7e9\n",
        "# TYPE shop:orders counter\nshop_orders_total 1\nshop_orders_created 1.7e9\n",
        "orders_total 1\n# TYPE orders_created gauge\norders_created 1.7e9\n",
        "# TYPE a summary\na_count 1\na_sum 1\n# TYPE a_created gauge\na_created 1.7e9\n",
        format_histogram("a_seconds") + "a_seconds_created 1.7e9\n",
    ],
)
def test_the_time_of_creation_is_never_a_gauge_of_its_own(text: str) -> None:
    own_metrics = read_own_metrics(text)
    assert own_metrics.gauges == {}
    assert not any(name.endswith("_created") for name in own_metrics.omissions)


def test_what_is_created_is_a_gauge_where_it_has_no_sibling() -> None:
    assert [*read_own_metrics("tickets_created 3\n").gauges] == ["tickets_created"]


def test_series_under_an_escaped_name_are_those_of_the_family() -> None:
    text = '# TYPE shop:orders counter\nshop_orders_total{kind="web"} 5\n'
    text += format_histogram("shop_step_seconds").replace("# TYPE shop_", "# TYPE shop:")
    own_metrics = read_own_metrics(text)
    assert own_metrics.counters == {"shop_orders_total": ("kind",)}
    assert [*own_metrics.histograms] == ["shop_step_seconds"]
    assert own_metrics.omissions == {}


@pytest.mark.parametrize(
    ("label", "values", "success"),
    [
        ("outcome", ["ok", "failed"], "ok"),
        ("result", ["SUCCESS", "error", "skipped"], "SUCCESS"),
        ("status", ["200", "302", "500"], "what '[123]..' matches"),
        ("status", ["2xx", "5xx"], "what '[123]..' matches"),
        ("result", ["failed", "fast", "slow"], "all but failed"),
        ("result", ["red", "blue"], None),
        ("kind", ["ok", "failed"], None),
    ],
)
def test_a_counter_of_outcomes_has_a_success_ratio(
    label: str, values: list[str], success: str | None
) -> None:
    text = "".join(f'orders_total{{{label}="{value}"}} 1\n' for value in values)
    outcomes = read_own_metrics(text).outcomes
    said = {name: describe_success(outcome) for name, outcome in outcomes.items()}
    assert said == ({"orders_total": success} if success else {})


@pytest.mark.parametrize("label", ["step", "stage"])
def test_the_steps_of_a_funnel_stand_in_the_order_seen(label: str) -> None:
    text = "".join(f'steps_total{{{label}="{step}"}} 1\n' for step in ("view", "cart", "buy"))
    assert read_own_metrics(text).steps == {"steps_total": Steps(label, ("view", "cart", "buy"))}


def test_one_step_is_no_funnel() -> None:
    assert read_own_metrics('steps_total{step="view"} 1\n').steps == {}
