"""For every check of scrapes and growth, what misleads and what does not."""

from typing import Any

import pytest

from tailboard.check.engine import run_checks
from tailboard.check.evidence import Evidence
from tailboard.check.rules import CHECKS
from tailboard.check.scraping import (
    ProcessHistory,
    RangeWindow,
    ScrapeTarget,
    Scraping,
    SharedProcess,
)
from tailboard.findings.finding import Finding, Place

PANEL = Place("d.json", "orders", "Requests", "A")


def list_findings(
    growth: dict[str, tuple[float, float]] | None = None, **scraping: Any
) -> list[Finding]:
    evidence = Evidence("it", growth=growth or {}, scraping=Scraping(**scraping))
    return list(run_checks(evidence, CHECKS))


def build_target(**fields: Any) -> ScrapeTarget:
    return ScrapeTarget("orders", "a:1", **fields)


def build_processes(**fields: Any) -> ProcessHistory:
    return ProcessHistory("orders", "a:1", **fields)


@pytest.mark.parametrize(
    ("rule", "problem", "evidence"),
    [
        (
            "failing-target",
            "it cannot be scraped: connection refused",
            {"targets": (build_target(is_up=False, error="connection refused"),)},
        ),
        ("failing-target", "it cannot be scraped", {"targets": (build_target(is_up=False),)}),
        (
            "slow-scrape",
            "the last scrape took 9 s of the 10 s that it may",
            {"targets": (build_target(timeout=10, interval=15, duration=9.0),)},
        ),
        (
            "short-window",
            "a range of 60 s, scraped every 60 s: it has no rate, in 1 panel or rule: "
            "orders: Requests",
            {"windows": (RangeWindow(PANEL, 60, 60, "orders"),)},
        ),
        (
            "short-window",
            "a range of 300 s, scraped every 120 s: one lost scrape is a gap, in 1 panel or rule: "
            "orders: Requests",
            {"windows": (RangeWindow(PANEL, 300, 120, "orders"),) * 2},
        ),
        (
            "mixed-processes",
            "its process's start time went back 7 times within an hour",
            {"processes": (build_processes(start_count=15, backward_count=7),)},
        ),
        (
            "mixed-processes",
            "a counter fell 40 times in 240 scrapes",
            {
                "processes": (
                    build_processes(reset_count=40, scrape_count=240, has_start_time=True),
                )
            },
        ),
        (
            "falling-counter",
            "rows_total fell 3 times within an hour while its process ran on",
            {
                "processes": (
                    build_processes(
                        reset_count=3, scrape_count=240, counter="rows_total", has_start_time=True
                    ),
                )
            },
        ),
        (
            "restarting",
            "its process started 3 times within an hour",
            {"processes": (build_processes(start_count=3, reset_count=3, scrape_count=240),)},
        ),
        (
            "outliving-counter",
            "hits_total went on from where it was when its process started again",
            {
                "processes": (
                    build_processes(
                        start_count=1, has_start_time=True, surviving_counter="hits_total"
                    ),
                )
            },
        ),
        (
            "same-process",
            "a:1, b:1 are one process: rates of this job count it 2 times",
            {"shared_processes": (SharedProcess("orders", ("a:1", "b:1")),)},
        ),
        (
            "renamed-label",
            "its endpoint is stored as exported_endpoint, and so is that of 1 other metric",
            {"renamed_labels": (("a_total", "endpoint"), ("b_total", "endpoint"))},
        ),
        (
            "growing-series",
            "300 series per target; an hour ago there were 150",
            {"growth": {"a_total": (150.0, 300.0)}},
        ),
    ],
)
def test_what_misleads_is_found(rule: str, problem: str, evidence: dict[str, Any]) -> None:
    assert [(finding.rule, finding.problem) for finding in list_findings(**evidence)] == [
        (rule, problem)
    ]


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"targets": (build_target(interval=15, timeout=10, duration=0.3), build_target())},
        {"windows": (RangeWindow(PANEL, 60, 15, "orders"), RangeWindow(PANEL, 480, 120, "orders"))},
        {
            "processes": (
                build_processes(start_count=2, reset_count=2, scrape_count=240),
                build_processes(reset_count=4, scrape_count=4),
            )
        },
        {"processes": (build_processes(reset_count=2, scrape_count=240, has_start_time=True),)},
        {"processes": (build_processes(reset_count=9, scrape_count=240),)},
        {
            "processes": (
                build_processes(
                    start_count=1, reset_count=9, scrape_count=240, has_start_time=True
                ),
            )
        },
        {"growth": {"a": (150, 220), "b": (10, 90), "new": (0, 5000), "less": (500, 100)}},
    ],
)
def test_what_is_all_right_is_not(evidence: dict[str, Any]) -> None:
    assert list_findings(**evidence) == []


def test_the_window_that_is_long_enough_is_named() -> None:
    (finding,) = list_findings(windows=(RangeWindow(PANEL, 300, 120, "orders"),))
    assert finding.tip.startswith("ask for 480 s; of $__rate_interval, tell Grafana's data source")
    assert finding.place == Place("it", "", "orders", "")


def test_a_program_without_multiprocess_mode_does_not_start_again_and_again() -> None:
    assert [
        finding.rule
        for finding in list_findings(
            processes=(build_processes(start_count=90, backward_count=45),)
        )
    ] == ["mixed-processes"]


def test_a_program_that_hardly_lives_is_not_blamed_for_what_it_counts() -> None:
    assert [
        finding.rule
        for finding in list_findings(
            processes=(build_processes(start_count=3, surviving_counter="a_total"),)
        )
    ] == ["restarting"]
