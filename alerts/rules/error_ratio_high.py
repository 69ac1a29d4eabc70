"""Requests that fail, more than a moment may bring."""

from collections.abc import Iterator

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Severity
from tailboard.alerts.template import PERCENTAGE_TEMPLATE, escape_template, format_percentage
from tailboard.panels import errors, promql
from tailboard.panels.concept import REQUESTS
from tailboard.panels.metric import Role
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "ErrorRatioHigh"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (1, "1m", "critical"),
    (errors.SEVERE_FACTOR, "3m", "warning"),
)
"""At which multiple of the limit, for how long, how bad.

A short burst beyond the limit costs orders already and pages; five times of it for minutes is the
warning that stays where nobody was paged.
"""


def error_ratio_high(service: Service) -> Iterator[AlertRule]:
    """More requests fail on the server's side (5xx) than a moment may bring.

    Look at what was deployed last, then at which route fails since when, then at the database and
    the services behind it. Below the objectives' minimum rate, and for a single failure, it stays
    silent.
    """
    requests = service.select_concept(REQUESTS, NAME)
    failed_requests = requests.filter_labels({Role.STATUS: errors.SERVER_ERRORS}, NAME)
    for factor, lasting, severity in STEPS:
        limit = round(factor * service.objectives.error_limit, 12)
        if limit >= 1:
            continue
        yield AlertRule(
            name=NAME,
            expression=promql.filter_by_guards(
                promql.filter_above(errors.build_error_ratio(service, NAME, WINDOW), limit),
                promql.filter_at_least(
                    promql.rate(requests, service.by, WINDOW), service.objectives.minimum_rate
                ),
                significance.filter_repeated(promql.rate(failed_requests, service.by, WINDOW)),
                by=service.by,
            ),
            severity=severity,
            signal="errors",
            lasting=lasting,
            keep_firing="2m",
            summary=f"{PERCENTAGE_TEMPLATE} of the requests to {escape_template(service.name)} fail",
            description=f"{PERCENTAGE_TEMPLATE} of the requests are answered with 5xx, and "
            f"{format_percentage(limit)} is the limit. Look first at what was deployed last, then at "
            "which route fails, then at what it leans on.",
            panel=errors.ratio,
            limit=limit,
            series_labels=service.by,
            examples=_build_examples(service, limit),
        )


def _build_examples(service: Service, limit: float) -> tuple[Example, ...]:
    request_rate = max(1.0, 10 * service.objectives.minimum_rate)
    error_share = (limit + 1) / 2
    return (
        Example(
            "codes",
            _build_response_series(service, request_rate, error_share, "503"),
            is_firing=True,
        ),
        Example(
            "classes",
            _build_response_series(service, request_rate, error_share, "5xx"),
            is_firing=True,
        ),
        Example(
            "half of the limit",
            _build_response_series(service, request_rate, limit / 2, "503"),
            is_firing=False,
        ),
        Example(
            "clients' mistakes",
            _build_response_series(service, request_rate, error_share, "404"),
            is_firing=False,
        ),
        Example(
            "no traffic", _build_response_series(service, 0, error_share, "503"), is_firing=False
        ),
        Example("one failure of few", _build_single_failure(service), is_firing=False),
    )


def _build_response_series(service: Service, rate: float, share: float, status: str) -> InputSeries:
    return {
        **example_series.build_counter_series(
            service, REQUESTS, rate * (1 - share), {Role.STATUS: "200"}
        ),
        **example_series.build_counter_series(
            service, REQUESTS, rate * share, {Role.STATUS: status}
        ),
        **example_series.build_target_series(service, "up", "1+0"),
    }


def _build_single_failure(service: Service) -> InputSeries:
    """A single failure, of a series that was there before, among a few requests."""
    success_series = example_series.build_counter_series(
        service, REQUESTS, 0.06, {Role.STATUS: "200"}
    )
    failure_series = dict.fromkeys(
        example_series.build_counter_series(service, REQUESTS, 0, {Role.STATUS: "500"}), "0x12 1+0"
    )
    return {
        **success_series,
        **failure_series,
        **example_series.build_target_series(service, "up", "1+0"),
    }
