"""Series as a service would expose them, in promtool's notation: what rules are tried on.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import re
from collections.abc import Mapping
from typing import Any

from tailboard.alerts.rule import InputSeries
from tailboard.panels import promql
from tailboard.panels.concept import REQUESTS, Concept
from tailboard.panels.matcher import Matcher, Matchers, build_matchers, equals
from tailboard.panels.metric import Difference, Histogram, Metric, Role, Summary, Total
from tailboard.panels.service import Service

INTERVAL = 15
"""Seconds between two samples."""

DEFAULT_LABEL_VALUES = {Role.ROUTE: "/orders", Role.METHOD: "GET"}
INSTANCE = "a:8000"


def build_target_labels(service: Service, **labels: str) -> dict[str, str]:
    """Labels that one of the service's targets may have."""
    selector_labels = {
        label: invent_value(matcher) for label, matcher in _filter_positive(service.target_matchers)
    }
    service_labels = {label: "one" for label in service.by if label not in selector_labels}
    return {"instance": INSTANCE, **selector_labels, **service_labels, **labels}


def has_possible_labels(service: Service) -> bool:
    """Whether labels could be invented that the service's selector really matches."""
    return all(
        re.fullmatch(matcher.value, invent_value(matcher))
        for _, matcher in _filter_positive(service.target_matchers)
        if "~" in matcher.op
    )


def build_gauge_series(
    service: Service, concept: Concept[Any], values: str, roles: Mapping[Role, str] | None = None
) -> InputSeries:
    """A gauge with these values; of a difference, what came in."""
    metric = service.convention.resolve_metric(concept, "example")
    values_by_name = {metric.name: values}
    if isinstance(metric, Difference):
        values_by_name[metric.minus] = format_constant(0)
    return {
        _format_metric_series(service, metric, name, roles): series_values
        for name, series_values in values_by_name.items()
    }


def build_counter_series(
    service: Service, concept: Concept[Any], rate: float, roles: Mapping[Role, str] | None = None
) -> InputSeries:
    """A counter that grows by so much a second."""
    metric = service.convention.resolve_metric(concept, "example")
    if isinstance(metric, Histogram | Summary):
        return {
            _format_metric_series(service, metric, f"{metric.name}_count", roles): format_growth(
                rate
            )
        }
    values_by_name = {metric.name: format_growth(rate)}
    if isinstance(metric, Total):
        values_by_name[metric.plus] = format_constant(0)
    return {
        _format_metric_series(service, metric, name, roles): series_values
        for name, series_values in values_by_name.items()
    }


def build_status_series(
    service: Service, good_rate: float, failure_rate: float, status: str = ""
) -> InputSeries:
    """Good requests per second, and those with another status: without one, a failure."""
    return {
        **build_counter_series(service, REQUESTS, good_rate),
        **build_counter_series(
            service, REQUESTS, failure_rate, {Role.STATUS: status or _find_failure(service)}
        ),
    }


def build_few_failures(service: Service, count: int, good_rate: float) -> InputSeries:
    """So many failures at once after five minutes, among good requests, of a series that was there.

    With one or two a minute, a share of failures says little.
    """
    failed_series = build_counter_series(
        service, REQUESTS, 0, {Role.STATUS: _find_failure(service)}
    )
    return {
        **build_counter_series(service, REQUESTS, good_rate),
        **dict.fromkeys(failed_series, f"0x20 {count}+0"),
    }


def build_histogram_series(
    service: Service,
    concept: Concept[Any],
    rates: Mapping[float, float],
    roles: Mapping[Role, str] | None = None,
) -> InputSeries:
    """A histogram of durations: how many a second take how many seconds."""
    metric: Histogram = service.convention.resolve_metric(concept, "example")
    scale = metric.unit.scale
    bounds = {promql.format_number(bound): bound / scale for bound in metric.buckets} | {
        "+Inf": float("inf")
    }
    bucket_series = {
        _format_metric_series(
            service, metric, f"{metric.name}_bucket", roles, {"le": name}
        ): format_growth(sum(rate for duration, rate in rates.items() if duration <= bound))
        for name, bound in bounds.items()
    }
    count, total_duration = (
        sum(rates.values()),
        sum(duration * rate for duration, rate in rates.items()) * scale,
    )
    return {
        **bucket_series,
        _format_metric_series(service, metric, f"{metric.name}_count", roles): format_growth(count),
        _format_metric_series(service, metric, f"{metric.name}_sum", roles): format_growth(
            total_duration
        ),
    }


def build_target_series(service: Service, name: str, values: str, **labels: str) -> InputSeries:
    """A series that Prometheus itself makes of a target: `up` and what it notes about scrapes."""
    return {_format_series(name, build_target_labels(service, **labels)): values}


def format_constant(value: float) -> str:
    """The same value for as long as the example lasts."""
    return f"{promql.format_number(value)}+0"


def format_growth(rate: float) -> str:
    """A counter that grows by so much a second, for as long as the example lasts."""
    return f"0+{promql.format_number(round(rate * INTERVAL, 6))}"


def invent_value(matcher: Matcher) -> str:
    """A value that a matcher may match: itself, or the first and simplest that its pattern does."""
    if matcher.op == "=":
        return matcher.value
    pattern = matcher.value.replace("[$]", r"\$")  # as escape_regex writes a dollar
    pattern = re.sub(r"(?<!\\)\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)", r"\1", pattern)
    alternative = re.sub(r"^\^|(?<!\\)\$$", "", re.split(r"(?<!\\)\|", pattern)[0])
    example_value = re.sub(r"(?<!\\)\.\*|(?<!\\)\.\+|\[[^\]]*\][*+]?", "1", alternative)
    return re.sub(r"\\(.)", r"\1", example_value)


def _find_failure(service: Service) -> str:
    return service.convention.resolve_metric(REQUESTS, "example").statuses.failures.values[0]


def _filter_positive(matchers: Matchers) -> Matchers:
    return tuple((label, matcher) for label, matcher in matchers if matcher.op in {"=", "=~"})


def _format_metric_series(
    service: Service,
    metric: Metric,
    name: str,
    roles: Mapping[Role, str] | None,
    extra_labels: Mapping[str, str] | None = None,
) -> str:
    success = metric.statuses.successes.values[0]
    values = {**DEFAULT_LABEL_VALUES, Role.STATUS: success, **(roles or {})}
    role_labels = {label: values.get(role, role.value) for role, label in metric.labels.items()}
    metric_matchers = build_matchers({**service.convention.matchers, **metric.matchers})
    matcher_labels = {
        label: invent_value(matcher) for label, matcher in _filter_positive(metric_matchers)
    }
    return _format_series(
        name,
        {**role_labels, **matcher_labels, **build_target_labels(service), **(extra_labels or {})},
    )


def _format_series(name: str, labels: Mapping[str, str]) -> str:
    return promql.selector(name, tuple((label, equals(value)) for label, value in labels.items()))
