"""Requests that fail, more than a moment may bring."""

from collections.abc import Iterator

from tailboard.alerts import guards, scene
from tailboard.alerts.rule import AlertRule, Example, Series, Severity
from tailboard.alerts.template import PERCENTAGE, literal, percentage
from tailboard.panels import errors, promql
from tailboard.panels.concept import REQUESTS
from tailboard.panels.metric import Role
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "ErrorRatioHigh"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (1, "1m", "critical"),
    (errors.MUCH_WORSE, "3m", "warning"),
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
    requests = service.select(REQUESTS, NAME)
    failed = requests.where({Role.STATUS: errors.SERVER_ERRORS}, NAME)
    for factor, lasting, severity in STEPS:
        limit = round(factor * service.objectives.error_limit, 12)
        if limit >= 1:
            continue
        yield AlertRule(
            name=NAME,
            expression=promql.provided(
                promql.above(errors.server_error_ratio(service, NAME, WINDOW), limit),
                promql.reaches(
                    promql.rate(requests, service.by, WINDOW), service.objectives.minimum_rate
                ),
                guards.several(promql.rate(failed, service.by, WINDOW)),
                by=service.by,
            ),
            severity=severity,
            signal="errors",
            lasting=lasting,
            keep_firing="2m",
            summary=f"{PERCENTAGE} of the requests to {literal(service.name)} fail",
            description=f"{PERCENTAGE} of the requests are answered with 5xx, and "
            f"{percentage(limit)} is the limit. Look first at what was deployed last, then at "
            "which route fails, then at what it leans on.",
            panel=errors.ratio,
            limit=limit,
            told_by=service.by,
            examples=_examples(service, limit),
        )


def _examples(service: Service, limit: float) -> tuple[Example, ...]:
    enough = max(1.0, 10 * service.objectives.minimum_rate)
    some = (limit + 1) / 2
    return (
        Example("codes", _answers(service, enough, some, "503"), fires=True),
        Example("classes", _answers(service, enough, some, "5xx"), fires=True),
        Example("half of the limit", _answers(service, enough, limit / 2, "503"), fires=False),
        Example("clients' mistakes", _answers(service, enough, some, "404"), fires=False),
        Example("no traffic", _answers(service, 0, some, "503"), fires=False),
        Example("one failure of few", _one(service), fires=False),
    )


def _answers(service: Service, rate: float, share: float, status: str) -> Series:
    return {
        **scene.counted(service, REQUESTS, rate * (1 - share), {Role.STATUS: "200"}),
        **scene.counted(service, REQUESTS, rate * share, {Role.STATUS: status}),
        **scene.of_target(service, "up", "1+0"),
    }


def _one(service: Service) -> Series:
    """A single failure, of a series that was there before, among a few requests."""
    fine = scene.counted(service, REQUESTS, 0.06, {Role.STATUS: "200"})
    failed = dict.fromkeys(scene.counted(service, REQUESTS, 0, {Role.STATUS: "500"}), "0x12 1+0")
    return {**fine, **failed, **scene.of_target(service, "up", "1+0")}
