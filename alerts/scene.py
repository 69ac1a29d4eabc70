"""Series as a service would expose them, in promtool's notation: what rules are tried on.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import re
from collections.abc import Mapping
from typing import Any

from tailboard.alerts.rule import Series
from tailboard.panels import promql
from tailboard.panels.concept import Concept
from tailboard.panels.matcher import Matcher, Matchers, matchers, quoted
from tailboard.panels.metric import Difference, Histogram, Metric, Role, Total
from tailboard.panels.service import Service

INTERVAL = 15
"""Seconds between two samples."""

USUAL = {Role.ROUTE: "/orders", Role.METHOD: "GET", Role.STATUS: "200"}
INSTANCE = "a:8000"


def target(service: Service, **labels: str) -> dict[str, str]:
    """Labels that one of the service's targets may have."""
    own = {label: invented(it) for label, it in _positive(service.targets)}
    apart = {label: "one" for label in service.by if label not in own}
    return {"instance": INSTANCE, **own, **apart, **labels}


def imaginable(service: Service) -> bool:
    """Whether labels could be invented that the service's selector really matches."""
    return all(
        re.fullmatch(it.value, invented(it)) for _, it in _positive(service.targets) if "~" in it.op
    )


def gauged(
    service: Service, concept: Concept[Any], values: str, roles: Mapping[Role, str] | None = None
) -> Series:
    """A gauge with these values; of a difference, what came in."""
    metric = service.convention.metric(concept, "example")
    there = {metric.name: values}
    if isinstance(metric, Difference):
        there[metric.minus] = constant(0)
    return {_named(service, metric, name, roles): it for name, it in there.items()}


def counted(
    service: Service, concept: Concept[Any], rate: float, roles: Mapping[Role, str] | None = None
) -> Series:
    """A counter that grows by so much a second."""
    metric = service.convention.metric(concept, "example")
    if isinstance(metric, Histogram):
        return {_named(service, metric, f"{metric.name}_count", roles): growing(rate)}
    there = {metric.name: growing(rate)}
    if isinstance(metric, Total):
        there[metric.plus] = constant(0)
    return {_named(service, metric, name, roles): it for name, it in there.items()}


def observed(
    service: Service,
    concept: Concept[Any],
    rates: Mapping[float, float],
    roles: Mapping[Role, str] | None = None,
) -> Series:
    """A histogram of durations: how many a second take how many seconds."""
    metric: Histogram = service.convention.metric(concept, "example")
    scale = metric.unit.per_base
    bounds = {promql.number(it): it / scale for it in metric.buckets} | {"+Inf": float("inf")}
    below = {
        _named(service, metric, f"{metric.name}_bucket", roles, {"le": name}): growing(
            sum(rate for taken, rate in rates.items() if taken <= bound)
        )
        for name, bound in bounds.items()
    }
    count, spent = sum(rates.values()), sum(it * rate for it, rate in rates.items()) * scale
    return {
        **below,
        _named(service, metric, f"{metric.name}_count", roles): growing(count),
        _named(service, metric, f"{metric.name}_sum", roles): growing(spent),
    }


def of_target(service: Service, name: str, values: str, **labels: str) -> Series:
    """A series that Prometheus itself makes of a target: `up` and what it notes about scrapes."""
    return {_series(name, target(service, **labels)): values}


def constant(value: float) -> str:
    """The same value for as long as the example lasts."""
    return f"{promql.number(value)}+0"


def growing(rate: float) -> str:
    """A counter that grows by so much a second, for as long as the example lasts."""
    return f"0+{promql.number(round(rate * INTERVAL, 6))}"


def invented(matcher: Matcher) -> str:
    """A value that a matcher may match: itself, or the first and simplest that its pattern does."""
    if matcher.op == "=":
        return matcher.value
    flat = re.sub(r"(?<!\\)\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)", r"\1", matcher.value)
    first = re.sub(r"^\^|(?<!\\)\$$", "", re.split(r"(?<!\\)\|", flat)[0])
    filled = re.sub(r"(?<!\\)\.\*|(?<!\\)\.\+|\[[^\]]*\][*+]?", "1", first)
    return re.sub(r"\\(.)", r"\1", filled)


def _positive(wanted: Matchers) -> Matchers:
    return tuple((label, it) for label, it in wanted if it.op in {"=", "=~"})


def _named(
    service: Service,
    metric: Metric,
    name: str,
    roles: Mapping[Role, str] | None,
    more: Mapping[str, str] | None = None,
) -> str:
    values = {**USUAL, **(roles or {})}
    given = {label: values.get(role, role.value) for role, label in metric.labels.items()}
    pinned = matchers({**service.convention.matchers, **metric.matchers})
    fixed = {label: invented(it) for label, it in _positive(pinned)}
    return _series(name, {**given, **fixed, **target(service), **(more or {})})


def _series(name: str, labels: Mapping[str, str]) -> str:
    return f"{name}{{{','.join(f'{label}={quoted(it)}' for label, it in labels.items())}}}"
