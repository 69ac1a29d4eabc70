"""The results as plain tables."""

from collections.abc import Iterator, Sequence

from benchmarks.alerting.history import RAW_DAYS, RECORDED_DAYS, SCRAPE_INTERVAL
from benchmarks.alerting.measurement import PROMTOOL, Alerting, Firing
from benchmarks.alerting.services import SLOTH
from benchmarks.harness.text_table import format_table

NOTES = f"""\
Minutes after the problem of a timeline began: when something critical (page) and a warning (ticket)
fired first and last, and how often if more than once. The service promises an availability of
99.9 % and a P99 of one second. Unit tests: CPU seconds of {PROMTOOL} for what a build writes for
each service of definitions/. Evaluation: all rules on a server with {RECORDED_DAYS} days of
recorded series, a sample a minute, and {RAW_DAYS} days of raw ones, a sample every
{SCRAPE_INTERVAL} s."""


def render_report(alerting: Alerting | None) -> str:
    """The tables, or why there are none."""
    if alerting is None:
        return f"alerts: not measured, {PROMTOOL} is not installed"
    tables = (_list_timelines, _list_unit_tests, _list_evaluation)
    return "\n\n".join(["alerts", *(format_table(list(rows(alerting))) for rows in tables), NOTES])


def _list_timelines(alerting: Alerting) -> Iterator[Sequence[str]]:
    yield "timeline", "page", f"{SLOTH}'s", "ticket", f"{SLOTH}'s"
    for result in alerting.timelines:
        firings = (result.page, result.other_page, result.ticket, result.other_ticket)
        yield result.timeline, *(_format_firing(firing) for firing in firings)


def _format_firing(firing: Firing | None) -> str:
    if firing is None:
        return "?"
    if firing.first is None:
        return "never"
    times = f" ({firing.count} times)" if firing.count > 1 else ""
    return f"{firing.first}-{firing.last}{times}"


def _list_unit_tests(alerting: Alerting) -> Iterator[Sequence[str]]:
    yield "unit tests of", PROMTOOL, "CPU s"
    for cost in alerting.unit_tests:
        name = f"{cost.service}{', hours and days' if cost.is_long else ''}"
        yield name, cost.promtool, cost.cpu_seconds.format_text(2)


def _list_evaluation(alerting: Alerting) -> Iterator[Sequence[str]]:
    yield "evaluating rules of", "recording", "alerts", "samples a minute", "s a minute"
    for cost in alerting.evaluation:
        yield (
            cost.rules,
            str(cost.recording_rules),
            str(cost.alert_rules),
            f"{cost.samples_per_minute:,.0f}",
            cost.seconds_per_minute.format_text(3),
        )
