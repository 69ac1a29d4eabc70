"""Critical alerts other than those of objectives: silent on ordinary noise, awake in an outage.

Minutes count from the first sample. One incident is one page, also where its cause comes and goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tailboard.alerts import example_series, rules_of
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import (
    JOB_LAST_RUN,
    JOB_LAST_SUCCESS,
    MAX_FILES,
    OPEN_FILES,
    POSTGRES_CONNECTION_LIMIT,
    POSTGRES_CONNECTIONS,
    POSTGRES_RESERVED_CONNECTIONS,
    REACHABLE,
)
from tailboard.panels.conventions import (
    POSTGRES_EXPORTER,
    PROMETHEUS_CLIENT,
    PUSHGATEWAY_JOBS,
    REDIS_EXPORTER,
)
from tailboard.panels.metric import Role
from tests.alerts.sample_services import build_rule_sets, write_rules
from tests.alerts.timelines import find_alerts, find_intervals, query_series

SCRAPE_SECONDS = 30
ORDERS = Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT)
REDIS = Service("cache", {"job": "redis"}, REDIS_EXPORTER)
POSTGRES = Service("database", {"job": "postgres"}, POSTGRES_EXPORTER)
REPORTS = Service("reports", {"job": "nightly"}, PUSHGATEWAY_JOBS, Objectives(job_age=26 * 3600))
DAY = 24 * 60

CRASH_LOOP = "1x20" + " 0x5 1x1" * 15 + " 1x60"
"""Down for three minutes, up for one, for an hour."""


@dataclass(frozen=True)
class Situation:
    """Series of a service in promtool's notation, and when its page fires, first to last minute.

    `alert` is the only one that pages; a page of None is none. `step` is the minutes between two
    evaluations, and samples where these are further apart than a scrape.
    """

    title: str
    service: Service
    series: Mapping[str, str]
    minutes: int
    alert: str = ""
    page: tuple[int, int] | None = None
    step: int = 1


def build_up(service: Service, values: str, instance: str = "a:8000") -> dict[str, str]:
    return {**example_series.build_target_series(service, "up", values, instance=instance)}


def build_redis(values: str) -> dict[str, str]:
    return {
        **build_up(REDIS, "1x400"),
        **example_series.build_gauge_series(REDIS, REACHABLE, values),
    }


def build_postgres(limit: int, reserved: int, connections: str) -> dict[str, str]:
    gauges = {
        REACHABLE: "1x400",
        POSTGRES_CONNECTION_LIMIT: f"{limit}x400",
        POSTGRES_RESERVED_CONNECTIONS: f"{reserved}x400",
        POSTGRES_CONNECTIONS: connections,
    }
    series = build_up(POSTGRES, "1x400")
    for concept, values in gauges.items():
        series |= example_series.build_gauge_series(POSTGRES, concept, values)
    return series


def build_files(limit: int, open_files: str) -> dict[str, str]:
    return {
        **build_up(ORDERS, "1x400"),
        **example_series.build_gauge_series(ORDERS, MAX_FILES, f"{limit}x400"),
        **example_series.build_gauge_series(ORDERS, OPEN_FILES, open_files),
    }


def build_job(run_minutes: list[int], success_minutes: list[int]) -> dict[str, str]:
    """A job that pushes at these minutes, read every five."""
    days = 6
    series = build_up(REPORTS, f"1x{days * DAY // 5}")
    for concept, minutes in ((JOB_LAST_RUN, run_minutes), (JOB_LAST_SUCCESS, success_minutes)):
        ends = [*minutes[1:], days * DAY]
        values = [
            f"{begin * 60}x{(end - begin) // 5 - 1}"
            for begin, end in zip(minutes, ends, strict=True)
        ]
        values.insert(0, f"_x{minutes[0] // 5}")
        series |= example_series.build_gauge_series(
            REPORTS, concept, " ".join(values), {Role.JOB: "nightly"}
        )
    return series


JITTERY_RUNS = [60, DAY + 150, 2 * DAY + 10, 3 * DAY + 120, 4 * DAY + 30, 5 * DAY + 90]

SITUATIONS = (
    Situation("a scrape in ten fails", ORDERS, build_up(ORDERS, "1x8 0 " * 20), 90),
    Situation(
        "the only instance restarts in a minute", ORDERS, build_up(ORDERS, "1x20 0x1 1x60"), 40
    ),
    Situation(
        "two instances restart one after the other",
        ORDERS,
        {
            **build_up(ORDERS, "1x20 0x7 1x60"),
            **build_up(ORDERS, "1x29 0x7 1x60", "b:8000"),
        },
        40,
    ),
    Situation(
        "the only target is unknown for three minutes",
        ORDERS,
        build_up(ORDERS, "1x20 stale _x5 1x60"),
        40,
    ),
    Situation(
        "instances are replaced by others",
        ORDERS,
        {
            **build_up(ORDERS, "1x20 stale"),
            **build_up(ORDERS, "_x18 0x3 1x60", "b:8000"),
        },
        40,
    ),
    Situation(
        "the only instance is gone",
        ORDERS,
        build_up(ORDERS, "1x19 0x39 1x40"),
        50,
        "AllInstancesDown",
        (11, 34),
    ),
    Situation(
        "the only instance crashes again and again",
        ORDERS,
        build_up(ORDERS, CRASH_LOOP),
        110,
        "AllInstancesDown",
        (12, 73),
    ),
    Situation(
        "the only target is not known any more",
        ORDERS,
        build_up(ORDERS, "1x19 stale _x60"),
        40,
        "TargetAbsent",
        (15, 39),
    ),
    Situation("Redis fails over in a minute", REDIS, build_redis("1x20 0x1 1x60"), 40),
    Situation(
        "Redis is gone", REDIS, build_redis("1x19 0x39 1x40"), 50, "DependencyDown", (11, 34)
    ),
    Situation(
        "Redis crashes again and again",
        REDIS,
        build_redis(CRASH_LOOP),
        110,
        "DependencyDown",
        (12, 73),
    ),
    Situation(
        "a minute of many connections every ten",
        POSTGRES,
        build_postgres(100, 3, ("20x17 99x1 " * 9)),
        90,
    ),
    Situation(
        "a small PostgreSQL refuses clients",
        POSTGRES,
        build_postgres(20, 3, "5x19 17x39 5x60"),
        50,
        "PostgresConnectionsNearLimit",
        (12, 38),
    ),
    Situation(
        "connections come and go at the limit",
        POSTGRES,
        build_postgres(100, 3, "20x19" + " 96x7 85x3" * 10 + " 20x80"),
        110,
        "PostgresConnectionsNearLimit",
        (12, 76),
    ),
    Situation(
        "a minute of many files every ten", ORDERS, build_files(1024, "50x17 1000x1 " * 9), 90
    ),
    Situation(
        "a process of few files leaks them",
        ORDERS,
        build_files(64, "10+1x53 64x40 10x80"),
        80,
        "OpenFilesNearLimit",
        (28, 56),
    ),
    Situation(
        "files come and go at the limit",
        ORDERS,
        build_files(1024, "50x19" + " 1000x7 900x3" * 10 + " 50x80"),
        110,
        "OpenFilesNearLimit",
        (12, 76),
    ),
    Situation(
        "a daily job that begins up to two hours late",
        REPORTS,
        build_job(JITTERY_RUNS, JITTERY_RUNS),
        6 * DAY,
        step=5,
    ),
    Situation(
        "a daily job fails once",
        REPORTS,
        build_job(JITTERY_RUNS, [*JITTERY_RUNS[:2], *JITTERY_RUNS[3:]]),
        6 * DAY,
        step=5,
    ),
    Situation(
        "a daily job fails three times",
        REPORTS,
        build_job(JITTERY_RUNS, [*JITTERY_RUNS[:2], *JITTERY_RUNS[5:]]),
        6 * DAY,
        "JobNotSucceeded",
        (DAY + 150 + 52 * 60 + 10, 5 * DAY + 85),
        step=5,
    ),
    Situation(
        "a daily job does not run any more",
        REPORTS,
        build_job(JITTERY_RUNS[:3], JITTERY_RUNS[:3]),
        6 * DAY,
        "JobNotRun",
        (2 * DAY + 10 + 52 * 60 + 10, 6 * DAY - 5),
        step=5,
    ),
)


def find_pages(
    promtool_path: str, situation: Situation, folder: Path
) -> dict[str, tuple[tuple[int, int], ...]]:
    """The first and the last minute of each page, by the name of the alert."""
    answers = query_series(
        promtool_path,
        write_rules(rules_of(situation.service), folder),
        [{"series": name, "values": values} for name, values in situation.series.items()],
        'count by (alertname, severity) (ALERTS{alertstate="firing",severity="critical"})',
        range(0, situation.minutes, situation.step),
        scrape_seconds=SCRAPE_SECONDS if situation.step == 1 else 60 * situation.step,
        evaluation_seconds=60 * situation.step,
    )
    names = {name for text in answers.values() for name, _ in find_alerts(text)}
    return {
        name: tuple(
            find_intervals(
                {
                    minute: name in {other for other, _ in find_alerts(text)}
                    for minute, text in answers.items()
                }
            )
        )
        for name in names
    }


@pytest.mark.parametrize(
    "situation",
    [
        pytest.param(
            situation,
            id=situation.title,
            marks=() if situation.step == 1 else pytest.mark.slow,  # those last for days
        )
        for situation in SITUATIONS
    ],
)
def test_an_incident_is_one_page_and_noise_is_none(
    situation: Situation, promtool_paths: list[str], tmp_path: Path
) -> None:
    pages = find_pages(promtool_paths[0], situation, tmp_path)
    assert [*pages] == ([situation.alert] if situation.alert else [])
    for (first, last), *others in pages.values():
        assert not others
        assert situation.page
        assert abs(first - situation.page[0]) <= situation.step
        assert abs(last - situation.page[1]) <= situation.step


def test_every_critical_alert_has_a_timeline_of_an_outage_and_one_of_noise() -> None:
    """Those of objectives, and of a share of errors, have theirs in test_timelines.py."""
    names = {
        rule.name
        for rules in build_rule_sets().values()
        for rule in rules.alerts
        if rule.severity == "critical"
    }
    alerts = {situation.alert for situation in SITUATIONS if situation.alert}
    assert names - {"ErrorBudgetBurn", "ErrorRatioHigh"} == alerts
    quiet_services = {situation.service.name for situation in SITUATIONS if not situation.alert}
    assert quiet_services == {situation.service.name for situation in SITUATIONS}
