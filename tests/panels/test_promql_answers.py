"""What the composed expressions answer, evaluated by the promtool of a real Prometheus."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tailboard.panels import (
    batch,
    business,
    dependencies,
    errors,
    fleet,
    health,
    hygiene,
    promql,
    traffic,
    workers,
)
from tailboard.panels.conventions import (
    CELERY_EXPORTER,
    DJANGO_PROMETHEUS,
    FLASK_EXPORTER,
    OTEL_HTTP_STABLE,
    PROMETHEUS_CLIENT,
    PUSHGATEWAY_JOBS,
)
from tailboard.panels.matcher import Matcher, equals, matches, one_of
from tailboard.panels.metric import Counter, Difference, Histogram, Role, Total, Unit
from tailboard.panels.selection import HistogramStorage, Selection
from tailboard.panels.service import Service

Check = Callable[[str, Mapping[str, str], Mapping[str, float]], None]

ORDERS = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT)
UP = {'up{job="orders"}': "1x20"}
NOTHING: Mapping[str, float] = {}

BOUNDS = (0.1, 0.25, 1.0, 2.0)
SPREAD = (50, 90, 98, 100)
"""How many of 100 observations a minute are within each bound: P50 0.1, P90 0.25, P99 1.5."""

NATIVE = "{{schema:0 sum:20 count:10 buckets:[4 4 1 1]}}"
"""Ten observations: four up to 1, four up to 2, one up to 4, one up to 8."""


def asked(panel: Any, query: int = 0) -> str:
    return str(panel.targets[query].expr)


def grown(steps: Mapping[str, float]) -> dict[str, str]:
    """Counters that grow by so much a minute."""
    return {name: f"0+{step}x20" for name, step in steps.items()}


def requests(step: float, status: str = "200", route: str = "/", job: str = "orders") -> Any:
    labels = f'job="{job}",endpoint="{route}",http_status="{status}"'
    return grown({f"http_requests_total{{{labels}}}": step})


def histogram(
    bounds: tuple[str, ...] = ("0.1", "0.25", "1.0", "2.0"),
    counts: tuple[int, ...] = SPREAD,
    total: float = 0,
    name: str = "took",
) -> dict[str, str]:
    """A classic histogram as it is exposed: buckets, count and sum, by how much each grows."""
    named = zip((*bounds, "+Inf"), (*counts, counts[-1]), strict=True)
    return grown(
        {
            **{f'{name}_bucket{{route="/",le="{le}"}}': count for le, count in named},
            f'{name}_count{{route="/"}}': counts[-1],
            f'{name}_sum{{route="/"}}': total,
        }
    )


def selection(
    histograms: HistogramStorage = "classic",
    unit: Unit = Unit.SECONDS,
    bounds: tuple[float, ...] = BOUNDS,
) -> Selection[Histogram]:
    return Selection(
        Histogram("took", {Role.ROUTE: "route"}, unit=unit, buckets=bounds), (), histograms
    )


IDLE = histogram(counts=(0, 0, 0, 0))
BUSY = histogram(total=30)
NATIVE_BUSY = {'took{route="/"}': f"{NATIVE}+{NATIVE}x20"}
NATIVE_IDLE = {'took{route="/"}': f"{NATIVE}x20"}


# Ratios.


def test_the_error_ratio_is_the_share_of_5xx(check: Check) -> None:
    series = {**UP, **requests(90), **requests(10, "503")}
    check(asked(errors.ratio(ORDERS)), series, {"{}": 0.1})


def test_the_error_ratio_is_0_without_any_5xx_series(check: Check) -> None:
    check(asked(errors.ratio(ORDERS)), {**UP, **requests(60)}, {"{}": 0})


@pytest.mark.parametrize("failed", [{}, requests(0, "500")], ids=["no 5xx series", "a 5xx series"])
def test_the_error_ratio_of_an_idle_service_is_0_and_not_nan(
    check: Check, failed: dict[str, str]
) -> None:
    check(asked(errors.ratio(ORDERS)), {**UP, **requests(0), **failed}, {"{}": 0})


def test_the_error_ratio_is_0_before_the_first_request(check: Check) -> None:
    check(asked(errors.ratio(ORDERS)), UP, {"{}": 0})


@pytest.mark.parametrize(
    "series",
    [
        {'up{job="orders"}': "0x20"},
        {'up{job="other"}': "1x20"},
        {'up{job="orders"}': "1x2 0x17", 'http_requests_total{job="orders"}': "0+60x2 stale"},
    ],
    ids=["down from the beginning", "unknown to Prometheus", "lost"],
)
def test_the_error_ratio_of_a_target_that_is_down_is_empty(
    check: Check, series: dict[str, str]
) -> None:
    check(asked(errors.ratio(ORDERS)), series, NOTHING)


def test_scrapes_and_health_checks_do_not_dilute_the_error_ratio(check: Check) -> None:
    series = {**UP, **requests(5), **requests(5, "500"), **requests(90, route="/metrics")}
    check(asked(errors.ratio(ORDERS)), {**series, **requests(90, route="/health")}, {"{}": 0.5})


def test_client_errors_are_not_server_errors(check: Check) -> None:
    series = {**UP, **requests(50), **requests(50, "404")}
    check(asked(errors.client_ratio(ORDERS)), series, {"{}": 0.5})
    check(asked(errors.ratio(ORDERS)), series, {"{}": 0})


def test_a_status_class_is_matched_as_a_status_is(check: Check) -> None:
    series = {**UP, **requests(50, "2xx"), **requests(50, "5xx")}
    check(asked(errors.ratio(ORDERS)), series, {"{}": 0.5})


def test_a_ratio_by_route_keeps_the_routes_without_errors(check: Check) -> None:
    series = {**requests(50, route="/a"), **requests(50, "500", "/a"), **requests(60, route="/b")}
    series |= requests(0, route="/idle")
    answer = {'{endpoint="/a"}': 0.5, '{endpoint="/b"}': 0, '{endpoint="/idle"}': 0}
    check(asked(errors.by_route(ORDERS)), series, answer)


def test_a_ratio_of_several_services_has_each_that_is_up(check: Check) -> None:
    every = Service("every", {"job": matches(".+")}, PROMETHEUS_CLIENT, by=("job",))
    series = {f'up{{job="{job}"}}': "1x20" for job in ("failing", "fine", "idle", "new")}
    series |= {'up{job="down"}': "0x20"}
    series |= requests(75, job="failing") | requests(25, "500", job="failing")
    series |= requests(60, job="fine") | requests(0, job="idle")
    answer = {'{job="failing"}': 0.25, '{job="fine"}': 0, '{job="idle"}': 0, '{job="new"}': 0}
    check(asked(errors.ratio(every)), series, answer)


def test_the_rate_is_0_and_not_missing_before_the_first_request(check: Check) -> None:
    check(asked(traffic.rate(ORDERS)), UP, {"{}": 0})
    check(asked(traffic.rate(ORDERS)), {**UP, **requests(60)}, {"{}": 1})
    check(asked(traffic.rate(ORDERS)), {'up{job="orders"}': "0x20"}, NOTHING)


def test_a_histogram_that_counts_requests_gives_the_same_ratio(check: Check) -> None:
    flask = Service("shop", {"job": "orders"}, FLASK_EXPORTER)
    name = 'flask_http_request_duration_seconds_count{job="orders",path="/"'
    series = grown({f'{name},status="200"}}': 75, f'{name},status="500"}}': 25})
    check(asked(errors.ratio(flask)), {**UP, **series}, {"{}": 0.25})
    check(asked(errors.by_route(flask)), {**UP, **series}, {'{path="/"}': 0.25})


def test_calls_without_an_answer_are_failures(check: Check) -> None:
    shop = Service("shop", {"job": "orders"}, OTEL_HTTP_STABLE)
    name = 'http_client_request_duration_seconds_count{job="orders",server_address="pay"'
    status = "http_response_status_code"
    series = grown(
        {f'{name},{status}="200"}}': 60, f'{name},{status}="503"}}': 10, f"{name}}}": 30}
    )
    check(asked(dependencies.outgoing_failures(shop)), series, {'{server_address="pay"}': 0.4})


@pytest.mark.parametrize(
    ("hits", "misses", "answer"),
    [
        ("0+30x20", "0+10x20", {"{}": 0.75}),
        (None, "0+10x20", {"{}": 0}),
        ("0+30x20", None, {"{}": 1}),
        ("5x20", "5x20", NOTHING),
    ],
    ids=["both", "no hit ever", "no miss ever", "idle"],
)
def test_a_cache_that_only_hits_or_only_misses_has_a_hit_ratio(
    check: Check, hits: str | None, misses: str | None, answer: Mapping[str, float]
) -> None:
    shop = Service("shop", {"job": "orders"}, DJANGO_PROMETHEUS)
    values = {"hits": hits, "misses": misses}
    series = {
        f'django_cache_get_{name}_total{{job="orders",backend="locmem"}}': value
        for name, value in values.items()
        if value
    }
    check(asked(dependencies.cache_hit_ratio(shop)), series, answer)


def test_success_is_0_where_all_failed_and_empty_where_nothing_was_tried(check: Check) -> None:
    panel = business.success_ratio(ORDERS, "Orders", "orders_total", {"outcome": "ok"})
    ok, lost = (f'orders_total{{job="orders",outcome="{it}"}}' for it in ("ok", "lost"))
    check(asked(panel), grown({ok: 30, lost: 10}), {"{}": 0.75})
    check(asked(panel), grown({lost: 10}), {"{}": 0})
    check(asked(panel), grown({ok: 0, lost: 0}), NOTHING)


def test_a_funnel_counts_each_step_over_the_time_range(check: Check) -> None:
    steps = {"Cart": ("step_total", {"step": "cart"}), "Paid": ("paid_total", {})}
    panel = business.funnel(ORDERS, "Checkout", steps)
    series = grown(
        {
            'step_total{job="orders",step="cart"}': 10,
            'step_total{job="orders",step="browse"}': 90,
            'paid_total{job="orders"}': 2,
        }
    )
    check(asked(panel, 0), series, {"{}": 100})
    check(asked(panel, 1), series, {"{}": 20})


def test_failed_tasks_are_0_of_all_while_none_failed(check: Check) -> None:
    celery = Service("shop", {"job": "orders"}, CELERY_EXPORTER)
    done = 'celery_task_succeeded_total{job="orders",name="mail"}'
    failed = 'celery_task_failed_total{job="orders",name="mail",exception="E"}'
    ratio = asked(workers.failure_ratio(celery))
    check(ratio, grown({done: 30, failed: 10}), {'{name="mail"}': 0.25})
    check(ratio, grown({done: 30}), {'{name="mail"}': 0})
    check(ratio, grown({done: 0, failed: 0}), {'{name="mail"}': 0})
    check(ratio, grown({failed: 10}), {'{name="mail"}': 1})


# Sums and differences of metrics.


@pytest.mark.parametrize(
    ("series", "answer"),
    [
        ({'good{a="x"}': 60, 'bad{a="x"}': 30}, {'{a="x"}': 1.5}),
        ({'good{a="x"}': 60}, {'{a="x"}': 1}),
        ({'bad{a="x"}': 30}, {'{a="x"}': 0.5}),
        ({'good{a="x"}': 60, 'bad{a="y"}': 30}, {'{a="x"}': 1, '{a="y"}': 0.5}),
        ({}, {}),
    ],
    ids=["both", "none bad yet", "none good yet", "in different groups", "none at all"],
)
def test_a_total_counts_what_is_there_of_its_parts(
    check: Check, series: Mapping[str, float], answer: Mapping[str, float]
) -> None:
    total: Selection[Total] = Selection(Total("good", plus="bad"))
    check(promql.rate(total, ("a",)), grown(series), answer)


def test_a_difference_is_what_came_in_less_what_went_out(check: Check) -> None:
    inside: Selection[Difference] = Selection(Difference("came", minus="went"))
    check(promql.aggregate_gauge(inside), {"came": "10x20", "went": "7x20"}, {"{}": 3})


def test_values_of_a_label_are_counted_once_each(check: Check) -> None:
    counted: Selection[Counter] = Selection(Counter("asked_total"))
    series = {f'asked_total{{route="{r}",status="{s}"}}': "1x20" for r in "abc" for s in "12"}
    check(promql.count_label_values(counted, ("route",)), series, {"{}": 3})


# Percentiles, means and what else comes from a histogram.


@pytest.mark.parametrize("histograms", ["classic", "both"])
@pytest.mark.parametrize(
    ("unit", "bounds", "spelled"),
    [
        (Unit.SECONDS, BOUNDS, ("0.1", "0.25", "1.0", "2.0")),
        (Unit.MILLISECONDS, (100.0, 250.0, 1_000.0, 2_000.0), ("100", "250", "1000", "2000")),
        (
            Unit.MICROSECONDS,
            (100_000.0, 250_000.0, 1_000_000.0, 2_000_000.0),
            ("100000", "250000", "1e+06", "2e+06"),
        ),
    ],
    ids=["s", "ms", "µs"],
)
def test_whatever_the_unit_all_answers_are_in_seconds(
    check: Check,
    histograms: HistogramStorage,
    unit: Unit,
    bounds: tuple[float, ...],
    spelled: tuple[str, ...],
) -> None:
    duration = selection(histograms, unit, bounds)
    series = histogram(spelled, total=30 * unit.scale)
    check(promql.quantile(0.5, duration), series, {"{}": 0.1})
    check(promql.quantile(0.99, duration, ("route",)), series, {'{route="/"}': 1.5})
    check(promql.build_mean(duration), series, {"{}": 0.3})
    check(promql.build_last_mean(duration), series, {"{}": 0.3})
    check(promql.build_time_spent(duration), series, {"{}": 0.5})
    check(promql.build_fraction_within(duration, 0.25), series, {"{}": 0.9})
    check(promql.build_fraction_within(duration, 1), series, {"{}": 0.98})
    check(promql.build_slow_rate(duration, 0.25), series, {"{}": 0.1667})
    check(promql.build_slow_rate(duration, 1, ("route",)), series, {'{route="/"}': 0.0333})
    check(promql.rate(duration), series, {"{}": 1.6667})


def test_percentiles_are_in_order(check: Check) -> None:
    p50, p95, p99 = (promql.quantile(it, selection()) for it in (0.5, 0.95, 0.99))
    check(f"({p50} < bool {p95}) + ({p95} < bool {p99})", BUSY, {"{}": 2})


@pytest.mark.parametrize("histograms", ["classic", "both"])
@pytest.mark.parametrize("series", [IDLE, {}], ids=["idle", "no series"])
def test_what_nobody_used_has_no_percentile_no_mean_and_no_share(
    check: Check, histograms: HistogramStorage, series: dict[str, str]
) -> None:
    duration = selection(histograms)
    check(promql.quantile(0.99, duration), series, NOTHING)
    check(promql.build_mean(duration), series, NOTHING)
    check(promql.build_fraction_within(duration, 0.25), series, NOTHING)
    check(promql.build_apdex(duration, 0.25), series, NOTHING)


def test_the_busy_groups_keep_their_percentile_beside_an_idle_one(check: Check) -> None:
    idle = {name.replace('"/"', '"/idle"'): values for name, values in IDLE.items()}
    check(promql.quantile(0.5, selection(), ("route",)), {**BUSY, **idle}, {'{route="/"}': 0.1})


@pytest.mark.parametrize("spelling", ["1", "1.0"])
def test_a_bound_is_found_in_both_spellings(check: Check, spelling: str) -> None:
    series = histogram(("0.1", "0.25", spelling, "2.0"))
    check(promql.build_fraction_within(selection(), 1), series, {"{}": 0.98})


def test_a_bound_does_not_match_its_neighbours(check: Check) -> None:
    bounds = ("1.0", "10.0", "100.0", "110.0")
    duration = selection(bounds=(1.0, 10.0, 100.0, 110.0))
    check(promql.build_fraction_within(duration, 1), histogram(bounds), {"{}": 0.5})
    check(promql.build_fraction_within(duration, 10), histogram(bounds), {"{}": 0.9})


def test_apdex_is_the_satisfied_and_half_of_the_tolerated(check: Check) -> None:
    check(promql.build_apdex(selection(), 0.25), BUSY, {"{}": 0.94})
    check(promql.build_apdex(selection(), 0.25, ("route",)), BUSY, {'{route="/"}': 0.94})


def test_the_heatmap_has_every_bucket_of_a_classic_histogram(check: Check) -> None:
    answer = {
        '{le="0.1"}': 0.8333,
        '{le="0.25"}': 1.5,
        '{le="1.0"}': 1.6333,
        '{le="2.0"}': 1.6667,
        '{le="+Inf"}': 1.6667,
    }
    check(promql.build_bucket_rates(selection()), BUSY, answer)
    check(promql.build_bucket_rates(selection("both")), BUSY, answer)


# Native histograms.


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_native_histograms_answer_alone_and_before_classic_ones(
    check: Check, histograms: HistogramStorage
) -> None:
    duration = selection(histograms)
    for series in (NATIVE_BUSY, {**NATIVE_BUSY, **BUSY}):
        check(promql.quantile(0.8, duration), series, {"{}": 2})
        check(promql.quantile(0.8, duration, ("route",)), series, {'{route="/"}': 2})
        check(promql.build_mean(duration), series, {"{}": 2})
        check(promql.build_last_mean(duration), series, {"{}": 2})
        check(promql.build_time_spent(duration), series, {"{}": 0.3333})
        check(promql.rate(duration), series, {"{}": 0.1667})
        check(promql.build_fraction_within(duration, 2), series, {"{}": 0.8})
        check(promql.build_slow_rate(duration, 2), series, {"{}": 0.0333})
        check(f"histogram_count({promql.build_bucket_rates(duration)})", series, {"{}": 0.1667})
        check(f"count({promql.build_bucket_rates(duration)})", series, {"{}": 1})
        check(promql.count_label_values(duration, ("route",)), series, {"{}": 1})


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_native_histograms_in_milliseconds_answer_in_seconds(
    check: Check, histograms: HistogramStorage
) -> None:
    duration = selection(histograms, Unit.MILLISECONDS, (2.0, 8.0))
    check(promql.quantile(0.9, duration), NATIVE_BUSY, {"{}": 0.004})
    check(promql.build_mean(duration), NATIVE_BUSY, {"{}": 0.002})
    check(promql.build_fraction_within(duration, 0.002), NATIVE_BUSY, {"{}": 0.8})
    check(promql.build_apdex(duration, 0.002), NATIVE_BUSY, {"{}": 0.9})


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_an_idle_native_histogram_is_empty_and_not_nan(
    check: Check, histograms: HistogramStorage
) -> None:
    duration = selection(histograms)
    for series in (NATIVE_IDLE, {**NATIVE_IDLE, **IDLE}):
        check(promql.quantile(0.99, duration), series, NOTHING)
        check(promql.build_mean(duration), series, NOTHING)
        check(promql.build_fraction_within(duration, 1), series, NOTHING)
        check(promql.build_apdex(duration, 0.25), series, NOTHING)


# Label values.

VALUES = [
    *(f"a{chr(code)}b" for code in range(0x100)),
    *("", "\ufffd", "\u2028", "订单", "价格😀", '\\"', "\\\\n", "(", "[a", "a|b", "$job", "${job}"),
    *("a{b='c'}", "`", "#", "\\x41", "%s", " ", "a.b", "-", "\ue000", "\U0010ffff"),
]


@pytest.mark.parametrize("matcher", [equals, one_of])
def test_any_label_value_selects_its_series_and_no_other(
    check: Check, matcher: Callable[[str], Matcher]
) -> None:
    escaped = ["".join(f"\\U{ord(char):08x}" for char in value) for value in VALUES]
    series = {f'it{{all="all",value="{value}"}}': "1x20" for value in escaped}
    found = (promql.selector("it", (("value", matcher(value)),)) for value in VALUES)
    check(" + ".join(f"count({each})" for each in found), series, {"{}": len(VALUES)})


# Jobs, and every service in one table.


def test_the_age_of_a_push_ignores_a_job_that_never_ran(check: Check) -> None:
    jobs = Service("jobs", {"job": matches(".+")}, PUSHGATEWAY_JOBS)
    series = {'push_time_seconds{job="nightly"}': "100x20", 'push_time_seconds{job="new"}': "0x20"}
    check(asked(batch.last_run(jobs)), series, {'{job="nightly"}': 500})


def test_a_push_that_failed_after_the_last_good_one_is_seen(check: Check) -> None:
    jobs = Service("jobs", {"job": matches(".+")}, PUSHGATEWAY_JOBS)
    series = {
        f'push_{kind}{{job="{job}"}}': f"{moment}x20"
        for job, pushed, failed in (("good", 100, 0), ("healed", 100, 50), ("bad", 100, 160))
        for kind, moment in (("time_seconds", pushed), ("failure_time_seconds", failed))
    }
    answer = {'{job="good"}': 0, '{job="healed"}': 0, '{job="bad"}': 1}
    check(asked(batch.failed_pushes(jobs)), series, answer)


def test_the_fleet_has_one_row_for_each_service_that_is_up(check: Check) -> None:
    shop = Service("shop", {"job": "shop"}, FLASK_EXPORTER)
    panel = fleet.services([ORDERS, shop])
    series = {**UP, 'up{job="shop"}': "1x20", **requests(50), **requests(50, "500")}
    up, rate, failed = (asked(panel, query) for query in range(3))
    check(up, series, {'{service="orders"}': 1, '{service="shop"}': 1})
    check(rate, series, {'{service="orders"}': 1.6667, '{service="shop"}': 0})
    check(failed, series, {'{service="orders"}': 0.5, '{service="shop"}': 0})


@pytest.mark.parametrize(("values", "share"), [("00", 0), ("01", 0.5), ("11", 1)])
def test_the_share_of_instances_up_is_known_also_while_none_is(
    check: Check, values: str, share: float
) -> None:
    series = {f'up{{job="orders",instance="{n}"}}': f"{it}x20" for n, it in enumerate(values)}
    check(asked(health.instances(ORDERS)), series, {"{}": share})
    check(asked(health.instances_of_total(ORDERS), 1), series, {"{}": 2})


def test_requests_beyond_the_last_bucket_are_a_share_of_all(check: Check) -> None:
    name = 'http_request_duration_seconds_{}{{job="orders",endpoint="/"{}}}'
    series = grown({name.format("bucket", ',le="10.0"'): 95, name.format("count", ""): 100})
    check(asked(hygiene.beyond_buckets(ORDERS)), series, {"{}": 0.05})
