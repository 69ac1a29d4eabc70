"""What the composed expressions answer, evaluated by the promtool of a real Prometheus."""

import dataclasses
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
from tailboard.panels.metric import Counter, Difference, Histogram, Role, Summary, Total, Unit
from tailboard.panels.selection import HistogramStorage, Selection
from tailboard.panels.service import Service

AnswerCheck = Callable[[str, Mapping[str, str], Mapping[str, float]], None]

ORDERS = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT)
UP_SERIES = {'up{job="orders"}': "1x20"}
NO_ANSWER: Mapping[str, float] = {}

BOUNDS = (0.1, 0.25, 1.0, 2.0)
BUCKET_COUNTS = (50, 90, 98, 100)
"""How many of 100 observations a minute are within each bound: P50 0.1, P90 0.25, P99 1.5."""

NATIVE_SAMPLE = "{{schema:0 sum:20 count:10 buckets:[4 4 1 1]}}"
"""Ten observations: four up to 1, four up to 2, one up to 4, one up to 8."""


def read_expression(panel: Any, query: int = 0) -> str:
    return str(panel.targets[query].expr)


def build_counters(steps: Mapping[str, float]) -> dict[str, str]:
    """Counters that grow by so much a minute."""
    return {name: f"0+{step}x20" for name, step in steps.items()}


def build_request_counters(
    step: float, status: str = "200", route: str = "/", job: str = "orders"
) -> Any:
    labels = f'job="{job}",endpoint="{route}",http_status="{status}"'
    return build_counters({f"http_requests_total{{{labels}}}": step})


def build_histogram(
    bounds: tuple[str, ...] = ("0.1", "0.25", "1.0", "2.0"),
    counts: tuple[int, ...] = BUCKET_COUNTS,
    total: float = 0,
    name: str = "took",
) -> dict[str, str]:
    """A classic histogram as it is exposed: buckets, count and sum, by how much each grows."""
    named = zip((*bounds, "+Inf"), (*counts, counts[-1]), strict=True)
    return build_counters(
        {
            **{f'{name}_bucket{{route="/",le="{le}"}}': count for le, count in named},
            f'{name}_count{{route="/"}}': counts[-1],
            f'{name}_sum{{route="/"}}': total,
        }
    )


def build_selection(
    histograms: HistogramStorage = "classic",
    unit: Unit = Unit.SECONDS,
    bounds: tuple[float, ...] = BOUNDS,
) -> Selection[Histogram]:
    return Selection(
        Histogram("took", {Role.ROUTE: "route"}, unit=unit, buckets=bounds), (), histograms
    )


IDLE_HISTOGRAM = build_histogram(counts=(0, 0, 0, 0))
BUSY_HISTOGRAM = build_histogram(total=30)
NATIVE_BUSY_HISTOGRAM = {'took{route="/"}': f"{NATIVE_SAMPLE}+{NATIVE_SAMPLE}x20"}
NATIVE_IDLE_HISTOGRAM = {'took{route="/"}': f"{NATIVE_SAMPLE}x20"}


# Ratios.


def test_the_error_ratio_is_the_share_of_5xx(check_answer: AnswerCheck) -> None:
    series = {**UP_SERIES, **build_request_counters(90), **build_request_counters(10, "503")}
    check_answer(read_expression(errors.ratio(ORDERS)), series, {"{}": 0.1})


def test_the_error_ratio_is_0_without_any_5xx_series(check_answer: AnswerCheck) -> None:
    check_answer(
        read_expression(errors.ratio(ORDERS)),
        {**UP_SERIES, **build_request_counters(60)},
        {"{}": 0},
    )


@pytest.mark.parametrize(
    "failed", [{}, build_request_counters(0, "500")], ids=["no 5xx series", "a 5xx series"]
)
def test_the_error_ratio_of_an_idle_service_is_0_and_not_nan(
    check_answer: AnswerCheck, failed: dict[str, str]
) -> None:
    check_answer(
        read_expression(errors.ratio(ORDERS)),
        {**UP_SERIES, **build_request_counters(0), **failed},
        {"{}": 0},
    )


def test_the_error_ratio_is_0_before_the_first_request(check_answer: AnswerCheck) -> None:
    check_answer(read_expression(errors.ratio(ORDERS)), UP_SERIES, {"{}": 0})


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
    check_answer: AnswerCheck, series: dict[str, str]
) -> None:
    check_answer(read_expression(errors.ratio(ORDERS)), series, NO_ANSWER)


def test_scrapes_and_health_checks_do_not_dilute_the_error_ratio(check_answer: AnswerCheck) -> None:
    series = {
        **UP_SERIES,
        **build_request_counters(5),
        **build_request_counters(5, "500"),
        **build_request_counters(90, route="/metrics"),
    }
    check_answer(
        read_expression(errors.ratio(ORDERS)),
        {**series, **build_request_counters(90, route="/health")},
        {"{}": 0.5},
    )


def test_client_errors_are_not_server_errors(check_answer: AnswerCheck) -> None:
    series = {**UP_SERIES, **build_request_counters(50), **build_request_counters(50, "404")}
    check_answer(read_expression(errors.client_ratio(ORDERS)), series, {"{}": 0.5})
    check_answer(read_expression(errors.ratio(ORDERS)), series, {"{}": 0})


def test_a_status_class_is_matched_as_a_status_is(check_answer: AnswerCheck) -> None:
    series = {**UP_SERIES, **build_request_counters(50, "2xx"), **build_request_counters(50, "5xx")}
    check_answer(read_expression(errors.ratio(ORDERS)), series, {"{}": 0.5})


def test_a_ratio_by_route_keeps_the_routes_without_errors(check_answer: AnswerCheck) -> None:
    series = {
        **build_request_counters(50, route="/a"),
        **build_request_counters(50, "500", "/a"),
        **build_request_counters(60, route="/b"),
    }
    series |= build_request_counters(0, route="/idle")
    answer = {'{endpoint="/a"}': 0.5, '{endpoint="/b"}': 0, '{endpoint="/idle"}': 0}
    check_answer(read_expression(errors.by_route(ORDERS)), series, answer)


def test_a_ratio_of_several_services_has_each_that_is_up(check_answer: AnswerCheck) -> None:
    every = Service("every", {"job": matches(".+")}, PROMETHEUS_CLIENT, by=("job",))
    series = {f'up{{job="{job}"}}': "1x20" for job in ("failing", "fine", "idle", "new")}
    series |= {'up{job="down"}': "0x20"}
    series |= build_request_counters(75, job="failing") | build_request_counters(
        25, "500", job="failing"
    )
    series |= build_request_counters(60, job="fine") | build_request_counters(0, job="idle")
    answer = {'{job="failing"}': 0.25, '{job="fine"}': 0, '{job="idle"}': 0, '{job="new"}': 0}
    check_answer(read_expression(errors.ratio(every)), series, answer)


def test_the_rate_is_0_and_not_missing_before_the_first_request(check_answer: AnswerCheck) -> None:
    check_answer(read_expression(traffic.rate(ORDERS)), UP_SERIES, {"{}": 0})
    check_answer(
        read_expression(traffic.rate(ORDERS)),
        {**UP_SERIES, **build_request_counters(60)},
        {"{}": 1},
    )
    check_answer(read_expression(traffic.rate(ORDERS)), {'up{job="orders"}': "0x20"}, NO_ANSWER)


def test_a_histogram_that_counts_requests_gives_the_same_ratio(check_answer: AnswerCheck) -> None:
    flask = Service("shop", {"job": "orders"}, FLASK_EXPORTER)
    name = 'flask_http_request_duration_seconds_count{job="orders",path="/"'
    series = build_counters({f'{name},status="200"}}': 75, f'{name},status="500"}}': 25})
    check_answer(read_expression(errors.ratio(flask)), {**UP_SERIES, **series}, {"{}": 0.25})
    check_answer(
        read_expression(errors.by_route(flask)), {**UP_SERIES, **series}, {'{path="/"}': 0.25}
    )


def test_calls_without_an_answer_are_failures(check_answer: AnswerCheck) -> None:
    shop = Service("shop", {"job": "orders"}, OTEL_HTTP_STABLE)
    name = 'http_client_request_duration_seconds_count{job="orders",server_address="pay"'
    status = "http_response_status_code"
    series = build_counters(
        {f'{name},{status}="200"}}': 60, f'{name},{status}="503"}}': 10, f"{name}}}": 30}
    )
    check_answer(
        read_expression(dependencies.outgoing_failures(shop)),
        series,
        {'{server_address="pay"}': 0.4},
    )


@pytest.mark.parametrize(
    ("hits", "misses", "answer"),
    [
        ("0+30x20", "0+10x20", {"{}": 0.75}),
        (None, "0+10x20", {"{}": 0}),
        ("0+30x20", None, {"{}": 1}),
        ("5x20", "5x20", NO_ANSWER),
    ],
    ids=["both", "no hit ever", "no miss ever", "idle"],
)
def test_a_cache_that_only_hits_or_only_misses_has_a_hit_ratio(
    check_answer: AnswerCheck, hits: str | None, misses: str | None, answer: Mapping[str, float]
) -> None:
    shop = Service("shop", {"job": "orders"}, DJANGO_PROMETHEUS)
    values = {"hits": hits, "misses": misses}
    series = {
        f'django_cache_get_{name}_total{{job="orders",backend="locmem"}}': value
        for name, value in values.items()
        if value
    }
    check_answer(read_expression(dependencies.cache_hit_ratio(shop)), series, answer)


def test_success_is_0_where_all_failed_and_empty_where_nothing_was_tried(
    check_answer: AnswerCheck,
) -> None:
    panel = business.success_ratio(ORDERS, "Orders", "orders_total", {"outcome": "ok"})
    ok, lost = (f'orders_total{{job="orders",outcome="{name}"}}' for name in ("ok", "lost"))
    check_answer(read_expression(panel), build_counters({ok: 30, lost: 10}), {"{}": 0.75})
    check_answer(read_expression(panel), build_counters({lost: 10}), {"{}": 0})
    check_answer(read_expression(panel), build_counters({ok: 0, lost: 0}), NO_ANSWER)


def test_a_funnel_counts_each_step_over_the_time_range(check_answer: AnswerCheck) -> None:
    steps = {"Cart": ("step_total", {"step": "cart"}), "Paid": ("paid_total", {})}
    panel = business.funnel(ORDERS, "Checkout", steps)
    series = build_counters(
        {
            'step_total{job="orders",step="cart"}': 10,
            'step_total{job="orders",step="browse"}': 90,
            'paid_total{job="orders"}': 2,
        }
    )
    check_answer(read_expression(panel, 0), series, {"{}": 100})
    check_answer(read_expression(panel, 1), series, {"{}": 20})


def test_failed_tasks_are_0_of_all_while_none_failed(check_answer: AnswerCheck) -> None:
    celery = Service("shop", {"job": "orders"}, CELERY_EXPORTER)
    succeeded = 'celery_task_succeeded_total{job="orders",name="mail"}'
    failed = 'celery_task_failed_total{job="orders",name="mail",exception="E"}'
    ratio = read_expression(workers.failure_ratio(celery))
    check_answer(ratio, build_counters({succeeded: 30, failed: 10}), {'{name="mail"}': 0.25})
    check_answer(ratio, build_counters({succeeded: 30}), {'{name="mail"}': 0})
    check_answer(ratio, build_counters({succeeded: 0, failed: 0}), {'{name="mail"}': 0})
    check_answer(ratio, build_counters({failed: 10}), {'{name="mail"}': 1})


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
    check_answer: AnswerCheck, series: Mapping[str, float], answer: Mapping[str, float]
) -> None:
    total: Selection[Total] = Selection(Total("good", plus="bad"))
    check_answer(promql.rate(total, ("a",)), build_counters(series), answer)


def test_a_difference_is_what_came_in_less_what_went_out(check_answer: AnswerCheck) -> None:
    inside: Selection[Difference] = Selection(Difference("came", minus="went"))
    check_answer(promql.aggregate_gauge(inside), {"came": "10x20", "went": "7x20"}, {"{}": 3})


def test_values_of_a_label_are_counted_once_each(check_answer: AnswerCheck) -> None:
    counted: Selection[Counter] = Selection(Counter("asked_total"))
    series = {f'asked_total{{route="{r}",status="{s}"}}': "1x20" for r in "abc" for s in "12"}
    check_answer(promql.count_label_values(counted, ("route",)), series, {"{}": 3})


# Percentiles, means and what else comes from a histogram.


@pytest.mark.parametrize("histograms", ["classic", pytest.param("both", marks=pytest.mark.slow)])
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
    check_answer: AnswerCheck,
    histograms: HistogramStorage,
    unit: Unit,
    bounds: tuple[float, ...],
    spelled: tuple[str, ...],
) -> None:
    duration = build_selection(histograms, unit, bounds)
    series = build_histogram(spelled, total=30 * unit.scale)
    check_answer(promql.quantile(0.5, duration), series, {"{}": 0.1})
    check_answer(promql.quantile(0.99, duration, ("route",)), series, {'{route="/"}': 1.5})
    check_answer(promql.build_mean(duration), series, {"{}": 0.3})
    check_answer(promql.build_last_mean(duration), series, {"{}": 0.3})
    check_answer(promql.build_time_spent(duration), series, {"{}": 0.5})
    check_answer(promql.build_fraction_within(duration, 0.25), series, {"{}": 0.9})
    check_answer(promql.build_fraction_within(duration, 1), series, {"{}": 0.98})
    check_answer(promql.build_slow_rate(duration, 0.25), series, {"{}": 0.1667})
    check_answer(promql.build_slow_rate(duration, 1, ("route",)), series, {'{route="/"}': 0.0333})
    check_answer(promql.rate(duration), series, {"{}": 1.6667})


def test_percentiles_are_in_order(check_answer: AnswerCheck) -> None:
    p50, p95, p99 = (promql.quantile(number, build_selection()) for number in (0.5, 0.95, 0.99))
    check_answer(f"({p50} < bool {p95}) + ({p95} < bool {p99})", BUSY_HISTOGRAM, {"{}": 2})


@pytest.mark.parametrize("histograms", ["classic", "both"])
@pytest.mark.parametrize("series", [IDLE_HISTOGRAM, {}], ids=["idle", "no series"])
def test_what_nobody_used_has_no_percentile_no_mean_and_no_share(
    check_answer: AnswerCheck, histograms: HistogramStorage, series: dict[str, str]
) -> None:
    duration = build_selection(histograms)
    check_answer(promql.quantile(0.99, duration), series, NO_ANSWER)
    check_answer(promql.build_mean(duration), series, NO_ANSWER)
    check_answer(promql.build_fraction_within(duration, 0.25), series, NO_ANSWER)
    check_answer(promql.build_apdex(duration, 0.25), series, NO_ANSWER)


def test_the_busy_groups_keep_their_percentile_beside_an_idle_one(
    check_answer: AnswerCheck,
) -> None:
    idle = {name.replace('"/"', '"/idle"'): values for name, values in IDLE_HISTOGRAM.items()}
    check_answer(
        promql.quantile(0.5, build_selection(), ("route",)),
        {**BUSY_HISTOGRAM, **idle},
        {'{route="/"}': 0.1},
    )


@pytest.mark.parametrize("spelling", ["1", "1.0"])
def test_a_bound_is_found_in_both_spellings(check_answer: AnswerCheck, spelling: str) -> None:
    series = build_histogram(("0.1", "0.25", spelling, "2.0"))
    check_answer(promql.build_fraction_within(build_selection(), 1), series, {"{}": 0.98})


def test_a_bound_does_not_match_its_neighbours(check_answer: AnswerCheck) -> None:
    bounds = ("1.0", "10.0", "100.0", "110.0")
    duration = build_selection(bounds=(1.0, 10.0, 100.0, 110.0))
    check_answer(promql.build_fraction_within(duration, 1), build_histogram(bounds), {"{}": 0.5})
    check_answer(promql.build_fraction_within(duration, 10), build_histogram(bounds), {"{}": 0.9})


def test_apdex_is_the_satisfied_and_half_of_the_tolerated(check_answer: AnswerCheck) -> None:
    check_answer(promql.build_apdex(build_selection(), 0.25), BUSY_HISTOGRAM, {"{}": 0.94})
    check_answer(
        promql.build_apdex(build_selection(), 0.25, ("route",)),
        BUSY_HISTOGRAM,
        {'{route="/"}': 0.94},
    )


def test_the_heatmap_has_every_bucket_of_a_classic_histogram(check_answer: AnswerCheck) -> None:
    answer = {
        '{le="0.1"}': 0.8333,
        '{le="0.25"}': 1.5,
        '{le="1.0"}': 1.6333,
        '{le="2.0"}': 1.6667,
        '{le="+Inf"}': 1.6667,
    }
    check_answer(promql.build_bucket_rates(build_selection()), BUSY_HISTOGRAM, answer)
    check_answer(promql.build_bucket_rates(build_selection("both")), BUSY_HISTOGRAM, answer)


# Native histograms.


@pytest.mark.usefixtures("native_histograms")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_native_histograms_answer_alone_and_before_classic_ones(
    check_answer: AnswerCheck, histograms: HistogramStorage
) -> None:
    duration = build_selection(histograms)
    for series in (NATIVE_BUSY_HISTOGRAM, {**NATIVE_BUSY_HISTOGRAM, **BUSY_HISTOGRAM}):
        check_answer(promql.quantile(0.8, duration), series, {"{}": 2})
        check_answer(promql.quantile(0.8, duration, ("route",)), series, {'{route="/"}': 2})
        check_answer(promql.build_mean(duration), series, {"{}": 2})
        check_answer(promql.build_last_mean(duration), series, {"{}": 2})
        check_answer(promql.build_time_spent(duration), series, {"{}": 0.3333})
        check_answer(promql.rate(duration), series, {"{}": 0.1667})
        check_answer(promql.build_fraction_within(duration, 2), series, {"{}": 0.8})
        check_answer(promql.build_slow_rate(duration, 2), series, {"{}": 0.0333})
        check_answer(
            f"histogram_count({promql.build_bucket_rates(duration)})", series, {"{}": 0.1667}
        )
        check_answer(f"count({promql.build_bucket_rates(duration)})", series, {"{}": 1})
        check_answer(promql.count_label_values(duration, ("route",)), series, {"{}": 1})


@pytest.mark.usefixtures("native_histograms")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_native_histograms_in_milliseconds_answer_in_seconds(
    check_answer: AnswerCheck, histograms: HistogramStorage
) -> None:
    duration = build_selection(histograms, Unit.MILLISECONDS, (2.0, 8.0))
    check_answer(promql.quantile(0.9, duration), NATIVE_BUSY_HISTOGRAM, {"{}": 0.004})
    check_answer(promql.build_mean(duration), NATIVE_BUSY_HISTOGRAM, {"{}": 0.002})
    check_answer(promql.build_fraction_within(duration, 0.002), NATIVE_BUSY_HISTOGRAM, {"{}": 0.8})
    check_answer(promql.build_apdex(duration, 0.002), NATIVE_BUSY_HISTOGRAM, {"{}": 0.9})


@pytest.mark.usefixtures("native_histograms")
@pytest.mark.parametrize("histograms", ["native", "both"])
def test_an_idle_native_histogram_is_empty_and_not_nan(
    check_answer: AnswerCheck, histograms: HistogramStorage
) -> None:
    duration = build_selection(histograms)
    for series in (NATIVE_IDLE_HISTOGRAM, {**NATIVE_IDLE_HISTOGRAM, **IDLE_HISTOGRAM}):
        check_answer(promql.quantile(0.99, duration), series, NO_ANSWER)
        check_answer(promql.build_mean(duration), series, NO_ANSWER)
        check_answer(promql.build_fraction_within(duration, 1), series, NO_ANSWER)
        check_answer(promql.build_apdex(duration, 0.25), series, NO_ANSWER)


# Summaries.

SUMMARY = Selection(Summary("took", unit=Unit.MILLISECONDS, quantiles=(0.5, 0.99)))
SUMMARY_SERIES = {
    'took{instance="a",route="/",quantile="0.5"}': "100x20",
    'took{instance="a",route="/b",quantile="0.5"}': "300x20",
    'took{instance="b",route="/",quantile="0.5"}': "200x20",
    'took{instance="b",route="/",quantile="0.99"}': "900x20",
    'took{instance="c",route="/",quantile="0.5"}': " ".join(["NaN"] * 21),
    'took_count{instance="a",route="/"}': "0+60x20",
    'took_sum{instance="a",route="/"}': "0+12000x20",
}


@pytest.mark.parametrize("histograms", ["classic", "native", "both"])
def test_a_summary_has_a_rate_and_a_mean_whatever_histograms_have(
    check_answer: AnswerCheck, histograms: HistogramStorage
) -> None:
    summary = dataclasses.replace(SUMMARY, histograms=histograms)
    check_answer(promql.rate(summary), SUMMARY_SERIES, {"{}": 1})
    check_answer(promql.build_mean(summary, ("route",)), SUMMARY_SERIES, {'{route="/"}': 0.2})


def test_quantiles_of_a_summary_are_those_of_instances_and_never_nan(
    check_answer: AnswerCheck,
) -> None:
    quantile = promql.select_quantile(0.5, SUMMARY, ("instance",))
    check_answer(quantile, SUMMARY_SERIES, {'{instance="a"}': 0.3, '{instance="b"}': 0.2})
    quantiles = promql.select_quantiles(SUMMARY, ("instance", "quantile"))
    check_answer(
        quantiles,
        SUMMARY_SERIES,
        {
            '{instance="a",quantile="0.5"}': 0.3,
            '{instance="b",quantile="0.5"}': 0.2,
            '{instance="b",quantile="0.99"}': 0.9,
        },
    )


# Label values.

LABEL_VALUES = [
    *(f"a{chr(code)}b" for code in range(0x100)),
    *("", "\ufffd", "\u2028", "订单", "价格😀", '\\"', "\\\\n", "(", "[a", "a|b", "$job", "${job}"),
    *("a{b='c'}", "`", "#", "\\x41", "%s", " ", "a.b", "-", "\ue000", "\U0010ffff"),
]


@pytest.mark.parametrize("matcher", [equals, one_of])
def test_any_label_value_selects_its_series_and_no_other(
    check_answer: AnswerCheck, matcher: Callable[[str], Matcher]
) -> None:
    escaped = ["".join(f"\\U{ord(char):08x}" for char in value) for value in LABEL_VALUES]
    series = {f'it{{all="all",value="{value}"}}': "1x20" for value in escaped}
    selectors = (promql.selector("it", (("value", matcher(value)),)) for value in LABEL_VALUES)
    check_answer(
        " + ".join(f"count({item})" for item in selectors), series, {"{}": len(LABEL_VALUES)}
    )


# Jobs, and every service in one table.


def test_the_age_of_a_push_ignores_a_job_that_never_ran(check_answer: AnswerCheck) -> None:
    jobs = Service("jobs", {"job": matches(".+")}, PUSHGATEWAY_JOBS)
    series = {'push_time_seconds{job="nightly"}': "100x20", 'push_time_seconds{job="new"}': "0x20"}
    check_answer(read_expression(batch.last_run(jobs)), series, {'{job="nightly"}': 500})


def test_a_push_that_failed_after_the_last_good_one_is_seen(check_answer: AnswerCheck) -> None:
    jobs = Service("jobs", {"job": matches(".+")}, PUSHGATEWAY_JOBS)
    series = {
        f'push_{kind}{{job="{job}"}}': f"{moment}x20"
        for job, pushed, failed in (("good", 100, 0), ("healed", 100, 50), ("bad", 100, 160))
        for kind, moment in (("time_seconds", pushed), ("failure_time_seconds", failed))
    }
    answer = {'{job="good"}': 0, '{job="healed"}': 0, '{job="bad"}': 1}
    check_answer(read_expression(batch.failed_pushes(jobs)), series, answer)


def test_the_fleet_has_one_row_for_each_service_that_is_up(check_answer: AnswerCheck) -> None:
    shop = Service("shop", {"job": "shop"}, FLASK_EXPORTER)
    panel = fleet.services([ORDERS, shop])
    series = {
        **UP_SERIES,
        'up{job="shop"}': "1x20",
        **build_request_counters(50),
        **build_request_counters(50, "500"),
    }
    up, rate, failed = (read_expression(panel, query) for query in range(3))
    check_answer(up, series, {'{service="orders"}': 1, '{service="shop"}': 1})
    check_answer(rate, series, {'{service="orders"}': 1.6667, '{service="shop"}': 0})
    check_answer(failed, series, {'{service="orders"}': 0.5, '{service="shop"}': 0})


@pytest.mark.parametrize(("values", "share"), [("00", 0), ("01", 0.5), ("11", 1)])
def test_the_share_of_instances_up_is_known_also_while_none_is(
    check_answer: AnswerCheck, values: str, share: float
) -> None:
    series = {f'up{{job="orders",instance="{n}"}}': f"{value}x20" for n, value in enumerate(values)}
    check_answer(read_expression(health.instances(ORDERS)), series, {"{}": share})
    check_answer(read_expression(health.instances_of_total(ORDERS), 1), series, {"{}": 2})


@pytest.mark.parametrize("by", [(), ("route",)])
def test_the_shares_by_bucket_are_of_all_observations(
    check_answer: AnswerCheck, by: tuple[str, ...]
) -> None:
    labels = 'route="/",' if by else ""
    check_answer(
        promql.build_bucket_shares(build_selection(), by, "5m"),
        BUSY_HISTOGRAM,
        {
            f'{{{labels}le="{bound}"}}': count / 100
            for bound, count in zip(("0.1", "0.25", "1.0", "2.0"), BUCKET_COUNTS, strict=True)
        },
    )
    check_answer(promql.build_bucket_shares(build_selection(), by, "5m"), IDLE_HISTOGRAM, NO_ANSWER)


@pytest.mark.usefixtures("native_histograms")
def test_the_shares_by_bucket_of_a_native_histogram_are_at_the_named_bounds(
    check_answer: AnswerCheck,
) -> None:
    for histograms in ("native", "both"):
        selection = build_selection(histograms, bounds=(1.0, 4.0))
        check_answer(
            promql.build_bucket_shares(selection, (), "5m"),
            NATIVE_BUSY_HISTOGRAM,
            {'{le="1"}': 0.4, '{le="4"}': 0.9},
        )


def test_requests_beyond_the_last_bucket_are_a_share_of_all(check_answer: AnswerCheck) -> None:
    name = 'http_request_duration_seconds_{}{{job="orders",endpoint="/"{}}}'
    series = build_counters(
        {name.format("bucket", ',le="10.0"'): 95, name.format("count", ""): 100}
    )
    check_answer(read_expression(hygiene.beyond_buckets(ORDERS)), series, {"{}": 0.05})
