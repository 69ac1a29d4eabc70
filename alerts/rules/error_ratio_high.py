"""Requests that fail, more than a moment may bring."""

from collections.abc import Iterator
from functools import partial

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Severity
from tailboard.alerts.template import PERCENTAGE_TEMPLATE, escape_template, format_percentage
from tailboard.panels import errors, promql
from tailboard.panels.concept import REQUESTS
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "ErrorRatioHigh"

TICKET_DURATION = "1m"
PAGE_DURATION = "3m"
KEEP_FIRING = "15m"
"""How long an alert outlasts its condition: one bad minute in ten is one alert."""


def error_ratio_high(service: Service) -> Iterator[AlertRule]:
    """More requests fail on the server's side ({failures}) than a moment may bring.

    A ticket above the objectives' error ratio, and by more failures than chance brings. Where no
    availability is promised, whose budget would page, five times of it for three minutes is the
    page. Look at what was deployed last, then at which route fails since when, then at the database
    and the services behind it.
    """
    requests = service.select_concept(REQUESTS, NAME)
    failed_requests = requests.filter_failures(NAME)
    failure_text = escape_template(requests.metric.statuses.failures.describe())
    for limit, lasting, severity in _list_steps(service):
        yield AlertRule(
            name=NAME,
            expression=promql.filter_by_guards(
                promql.filter_above(errors.build_error_ratio(service, NAME, WINDOW), limit),
                significance.filter_beyond_chance(
                    promql.rate(failed_requests, service.by, WINDOW),
                    promql.rate(requests, service.by, WINDOW),
                    limit,
                ),
                by=service.by,
            ),
            severity=severity,
            signal="errors",
            lasting=lasting,
            keep_firing=KEEP_FIRING,
            summary=f"{PERCENTAGE_TEMPLATE} of the requests to {escape_template(service.name)} "
            "fail",
            description=f"{PERCENTAGE_TEMPLATE} of the requests are answered with {failure_text}, "
            f"and {format_percentage(limit)} is the limit. Look first at what was deployed last, "
            "then at which route fails, then at what it leans on.",
            panel=errors.ratio,
            limit=limit,
            series_labels=service.by,
            examples=tuple(_build_examples(service, limit)),
        )


def _list_steps(service: Service) -> Iterator[tuple[float, str, Severity]]:
    """The limits, how long each has to be passed, and how bad that is."""
    limit = service.objectives.error_limit
    severe_limit = round(errors.SEVERE_FACTOR * limit, 12)
    yield limit, TICKET_DURATION, "warning"
    if service.objectives.availability is None and severe_limit < 1:
        yield severe_limit, PAGE_DURATION, "critical"


def _build_examples(service: Service, limit: float) -> Iterator[Example]:
    build_series = partial(_build_response_series, service)
    error_share = (limit + 1) / 2
    statuses = service.convention.resolve_metric(REQUESTS, NAME).statuses
    failures = statuses.failures.values
    yield Example("codes", build_series(1, failures[0]), is_firing=True)
    for failure in failures:
        if failure.endswith("xx"):
            yield Example("classes", build_series(error_share, failure), is_firing=True)
    yield Example("half of the limit", build_series(limit / 2, failures[-1]), is_firing=False)
    if statuses.client_errors:
        mistake = statuses.client_errors.values[0]
        yield Example("clients' mistakes", build_series(error_share, mistake), is_firing=False)
    silence = build_series(error_share, failures[-1], rate=0)
    yield Example("no traffic", silence, is_firing=False)
    for title, count, good_rate in (
        ("one failure of few", 1, 0.02),
        ("two failures of twenty requests", 2, 0.07),
    ):
        series = _build_few_failures(service, count, good_rate)
        yield Example(title, series, is_firing=False, delay="8m")


def _build_response_series(
    service: Service, share: float, status: str, *, rate: float = 1
) -> InputSeries:
    return {
        **example_series.build_status_series(service, rate * (1 - share), rate * share, status),
        **example_series.build_target_series(service, "up", "1+0"),
    }


def _build_few_failures(service: Service, count: int, good_rate: float) -> InputSeries:
    return {
        **example_series.build_few_failures(service, count, good_rate),
        **example_series.build_target_series(service, "up", "1+0"),
    }
