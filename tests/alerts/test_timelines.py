"""When the alerts of a service fire and resolve, on timelines of outages, of noise and of gaps.

Minutes count from where the problem begins. Prometheus 3 counts a range without its left end, so
that its minutes may differ by one.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from tailboard.alerts import rules_of
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import (
    FASTAPI_INSTRUMENTATOR,
    OTEL_HTTP_OLD,
    PROMETHEUS_CLIENT,
)
from tests.alerts import timelines
from tests.alerts.sample_services import write_rules
from tests.alerts.sloth_rules import write_sloth_rules
from tests.alerts.timelines import (
    JOB,
    SERVICE,
    Exposition,
    Outcome,
    Timeline,
    query_timeline,
    run_timeline,
    select_rules,
)
from tests.prometheus_programs import require_prometheus


@dataclass(frozen=True)
class Expected:
    """When the page and the tickets of a timeline fire, first and last minute; None for never.

    `other_page` is when sloth pages.
    """

    timeline: Timeline
    page: tuple[int, int] | None
    ticket: tuple[int, int] | None
    other_page: int | None
    has_many_tickets: bool = False


EXPECTED = (
    Expected(timelines.OUTAGE, (1, 89), (2, 79), 1),
    Expected(timelines.FIVE_PERCENT, (17, 86), (3, 78), 17),
    Expected(timelines.TEN_PERCENT, (8, 88), (2, 79), 8),
    Expected(timelines.ALL_SLOW, (8, 88), (3, 69), 8),
    Expected(timelines.SOME_SLOW, None, (22, 68), None),
    Expected(timelines.SMALL_SERVICE, (2, 149), (4, 137), 1),
    Expected(timelines.DYING_TRAFFIC, (10, 120), (6, 135), 58),
    Expected(timelines.TWO_OF_TWENTY, None, None, None),
    Expected(timelines.BAD_MINUTES, (1, 380), (2, 370), 1),
    Expected(timelines.EARLY_BURST, (1, 32), (2, 22), 1),
    Expected(timelines.SCRAPE_GAP, (1, 89), (2, 79), 1, has_many_tickets=True),
    Expected(timelines.INSTANCE_GONE, (1, 34), (2, 29), None),
    Expected(timelines.RESTARTS, (1, 69), (2, 59), 1),
    Expected(timelines.FIRST_SCRAPE, (1, 5), None, None),
    Expected(timelines.ONE_OF_TWO_FAILS, (1, 69), (2, 59), 1),
    Expected(timelines.ONE_OF_TWO_GONE, None, (2, 29), None),
    Expected(timelines.CLASSES, (2, 59), (2, 49), 2),
    Expected(timelines.RARE_REQUESTS, (20, 149), None, 10),
    Expected(timelines.EVERY_15_SECONDS, (1, 39), (2, 29), 1),
)
SHORT = (timelines.TWO_OF_TWENTY,)
"""What `make test` tries beside an outage; `make test-slow` tries all, with every promtool."""


def parametrize(expectations: Iterable[Expected]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "expected", [pytest.param(each, id=each.timeline.name) for each in expectations]
    )


def run_rules(promtool_path: str, timeline: Timeline, folder: Path) -> Outcome:
    return run_timeline(promtool_path, write_rules(rules_of(SERVICE), folder), timeline)


def is_close(intervals: object, expected: tuple[int, int] | None) -> bool:
    """Whether something fired once, at these minutes or one beside them; or never."""
    if expected is None:
        return intervals == ()
    return any(
        intervals == ((expected[0] + begin, expected[1] + end),)
        for begin in (-1, 0, 1)
        for end in (-1, 0, 1)
    )


@parametrize(expected for expected in EXPECTED if expected.timeline in SHORT)
def test_an_incident_is_one_page_and_noise_is_none(
    expected: Expected, promtool_paths: list[str], tmp_path: Path
) -> None:
    check_timeline(promtool_paths[0], expected, tmp_path)


@pytest.mark.slow
@parametrize(EXPECTED)
def test_incidents_of_hours_and_noise_of_days_are_told_as_well(
    expected: Expected, promtool_paths: list[str], tmp_path: Path
) -> None:
    for promtool_path in promtool_paths:
        check_timeline(promtool_path, expected, tmp_path)


def check_timeline(promtool_path: str, expected: Expected, folder: Path) -> None:
    check_outcome(run_rules(promtool_path, expected.timeline, folder), expected)


def check_outcome(outcome: Outcome, expected: Expected) -> None:
    assert is_close(outcome.pages, expected.page), outcome
    tickets = outcome.tickets
    if expected.has_many_tickets:
        tickets = ((tickets[0][0], tickets[-1][1]),)
    assert is_close(tickets, expected.ticket), outcome


@dataclass(frozen=True)
class Variant:
    """A timeline under another convention, or evaluated more often: the minutes stay the same."""

    title: str
    timeline: Timeline
    service: Service = SERVICE
    expose: Exposition = timelines.expose_client_metrics
    evaluation_seconds: int = 60


NATIVE = replace(SERVICE, histograms="native")
MILLISECONDS = replace(SERVICE, convention=OTEL_HTTP_OLD)
VARIANTS = (
    *(
        Variant("native histogram", timeline, NATIVE, timelines.expose_native_metrics)
        for timeline in (timelines.ALL_SLOW, timelines.SOME_SLOW, timelines.TWO_OF_TWENTY)
    ),
    *(
        Variant("milliseconds", timeline, MILLISECONDS, timelines.expose_millisecond_metrics)
        for timeline in (
            timelines.OUTAGE,
            timelines.ALL_SLOW,
            timelines.SMALL_SERVICE,
            timelines.TWO_OF_TWENTY,
        )
    ),
    *(
        Variant("every 15 s", timeline, evaluation_seconds=15)
        for timeline in (timelines.SMALL_SERVICE, timelines.TWO_OF_TWENTY, timelines.SOME_SLOW)
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "variant", VARIANTS, ids=lambda variant: f"{variant.title}: {variant.timeline.name}"
)
def test_histograms_units_and_intervals_make_no_difference(
    variant: Variant, promtool_paths: list[str], tmp_path: Path
) -> None:
    # Older ones cannot write native histograms into their tests.
    promtool_path = (
        require_prometheus("3").promtool if variant.service is NATIVE else promtool_paths[0]
    )
    (expected,) = (each for each in EXPECTED if each.timeline is variant.timeline)
    outcome = run_timeline(
        promtool_path,
        write_rules(rules_of(variant.service), tmp_path),
        replace(variant.timeline, evaluation_seconds=variant.evaluation_seconds),
        variant.expose,
    )
    assert is_close(outcome.pages, expected.page), outcome
    assert is_close(outcome.tickets, expected.ticket), outcome


def test_every_timeline_has_its_minutes() -> None:
    assert tuple(expected.timeline for expected in EXPECTED) == timelines.TIMELINES


def test_no_page_is_later_than_those_of_another_generator() -> None:
    """A minute later at most; where that one takes a single failure for an outage, the second."""
    for expected in EXPECTED:
        if expected.other_page is not None:
            assert expected.page
            allowed = 10 if expected.timeline is timelines.RARE_REQUESTS else 1
            assert expected.page[0] <= expected.other_page + allowed


@pytest.mark.slow
@parametrize(expected for expected in EXPECTED if expected.timeline is not timelines.TWO_OF_TWENTY)
def test_the_minutes_of_sloth_are_those_that_it_pages_at(
    expected: Expected, promtool_paths: list[str], tmp_path: Path
) -> None:
    """But where two failures of twenty page: nobody should wake up for these."""
    sloth_path = shutil.which("sloth")
    if sloth_path is None:
        pytest.skip("go install github.com/slok/sloth/cmd/sloth@v0.16.0")
    rule_file = write_sloth_rules(sloth_path, tmp_path)
    outcome = run_timeline(promtool_paths[-1], rule_file, expected.timeline)
    first = outcome.pages[0][0] if outcome.pages else None
    assert first == expected.other_page or (
        first is not None
        and expected.other_page is not None
        and abs(first - expected.other_page) <= 1
    )


def write_page_rules(folder: Path) -> Path:
    """The pages of the service, without tickets and what only these read: much less to evaluate."""
    rule_file = write_rules(rules_of(SERVICE), folder)
    groups = yaml.safe_load(rule_file.read_text())["groups"]
    pages = select_rules(groups, lambda rule: rule["labels"]["severity"] == "critical")
    rule_file.write_text(yaml.safe_dump({"groups": pages}, sort_keys=False))
    return rule_file


@pytest.mark.slow
def test_pages_need_nothing_of_the_other_rules(promtool_paths: list[str], tmp_path: Path) -> None:
    (expected,) = (each for each in EXPECTED if each.timeline is timelines.SMALL_SERVICE)
    outcome = run_timeline(promtool_paths[0], write_page_rules(tmp_path), expected.timeline)
    assert is_close(outcome.pages, expected.page), outcome
    assert not outcome.tickets


@pytest.mark.slow
@pytest.mark.parametrize(
    "timeline", [timelines.NOISE, timelines.SMALL_NOISE], ids=lambda timeline: timeline.name
)
def test_ten_days_of_ordinary_noise_page_nobody(
    timeline: Timeline, promtool_paths: list[str], tmp_path: Path
) -> None:
    """Pages only, every five minutes, in one draw of Poisson's distribution."""
    answers = query_timeline(
        promtool_paths[0],
        write_page_rules(tmp_path),
        timeline,
        'count_over_time(ALERTS{alertstate="firing"}[10d])',
        [timeline.minutes],
    )
    assert answers == {timeline.minutes: ""}


def test_an_outage_is_told_by_the_budget_and_by_a_ticket(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    (expected,) = (each for each in EXPECTED if each.timeline is timelines.OUTAGE)
    outcome = run_rules(promtool_paths[0], timelines.OUTAGE, tmp_path)
    check_outcome(outcome, expected)
    assert outcome.names == {
        "critical": {"ErrorBudgetBurn"},
        "warning": {"ErrorRatioHigh"},
    }


@pytest.mark.slow
def test_without_a_promise_the_ratio_of_errors_pages(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    service = Service("orders", {"job": JOB}, PROMETHEUS_CLIENT)
    rule_file = write_rules(rules_of(service), tmp_path)
    for timeline, page, ticket in (
        (timelines.OUTAGE, (4, 78), (2, 79)),
        (timelines.SMALL_SERVICE, (8, 135), (4, 137)),
        (timelines.TWO_OF_TWENTY, None, None),
    ):
        outcome = run_timeline(promtool_paths[-1], rule_file, timeline)
        assert is_close(outcome.pages, page), outcome
        assert is_close(outcome.tickets, ticket), outcome


@pytest.mark.slow
def test_without_a_promise_bad_minutes_are_one_page(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    service = Service("orders", {"job": JOB}, PROMETHEUS_CLIENT)
    rule_file = write_rules(rules_of(service), tmp_path)
    outcome = run_timeline(promtool_paths[0], rule_file, timelines.BAD_MINUTES)
    assert is_close(outcome.pages, (4, 370)), outcome
    assert is_close(outcome.tickets, (2, 370)), outcome


def test_ratios_are_exact_through_a_gap_of_scraping(
    shared_promtool_paths: list[str], tmp_path: Path
) -> None:
    """What was known counts once, and what happened in the gap as soon as counters are read."""
    rule_file = write_rules(rules_of(SERVICE), tmp_path)
    end = timelines.SCRAPE_GAP.start + 60
    for promtool_path in shared_promtool_paths:
        answers = query_timeline(
            promtool_path,
            rule_file,
            timelines.SCRAPE_GAP,
            'service_objective:bad_requests:ratio_rate1h{objective="availability"}',
            [end - 30, end - 10],
        )
        # Within the gap 20 of 50 known minutes failed; later counters tell what happened in it.
        for minute, share in ((end - 30, 20 / 50), (end - 10, 50 / 60)):
            assert read_value(answers[minute]) == pytest.approx(share, rel=0.02)


@pytest.mark.slow
def test_an_outage_at_night_costs_no_more_than_the_requests_that_failed(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    """The ratio over 30 days weighs each request, not each minute."""
    timeline = timelines.NIGHT
    rule_file = write_rules(rules_of(SERVICE), tmp_path)
    phases = timeline.instances[0]
    failed = sum(phase.failed * phase.minutes for phase in phases)
    every = sum((phase.good + phase.failed) * phase.minutes for phase in phases)
    answers = query_timeline(
        promtool_paths[-1],
        rule_file,
        timeline,
        'service_objective:bad_requests:ratio_rate30d{objective="availability"}',
        [timeline.minutes - 5],
    )
    (answer,) = answers.values()
    assert read_value(answer) == pytest.approx(failed / every, rel=0.01)


def read_value(answer: str) -> float:
    """The value of the only series in an answer of promtool."""
    return float(answer.rpartition("} ")[2])


@pytest.mark.slow
def test_classes_of_the_instrumentator_count_like_codes(
    promtool_paths: list[str], tmp_path: Path
) -> None:
    convention = FASTAPI_INSTRUMENTATOR.evolve(
        labels={"handler": "endpoint", "status": "http_status"}
    )
    service = Service("orders", {"job": JOB}, convention, Objectives(availability=0.999))
    rule_file = write_rules(rules_of(service), tmp_path)
    outcome = run_timeline(promtool_paths[-1], rule_file, timelines.CLASSES)
    assert is_close(outcome.pages, (2, 59)), outcome
