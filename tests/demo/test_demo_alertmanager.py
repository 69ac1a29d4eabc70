"""Who is spared: the demo's routing and inhibition in a real Alertmanager."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from demo.configuration import write_alertmanager
from tests.alerts.sample_services import build_rule_sets, list_alert_rules
from tests.live.alertmanager_server import Alertmanager, start_alertmanager
from tests.live.processes import HOST, ChildProcesses, find_free_port, wait_until

Labels = dict[str, str]

ALL_INSTANCES_DOWN = {"alertname": "AllInstancesDown", "severity": "critical", "signal": "up"}
TARGET_ABSENT = {**ALL_INSTANCES_DOWN, "alertname": "TargetAbsent"}
INSTANCE_DOWN = {
    "alertname": "InstanceDown",
    "severity": "warning",
    "signal": "up",
    "instance": "a:1",
}
ERROR_RATIO_HIGH = {"alertname": "ErrorRatioHigh", "severity": "critical", "signal": "errors"}
ERROR_RATIO_WARNING = {**ERROR_RATIO_HIGH, "severity": "warning"}
BUDGET_BURN = {**ERROR_RATIO_HIGH, "alertname": "ErrorBudgetBurn", "objective": "availability"}
SLOW_BUDGET_BURN = {**BUDGET_BURN, "severity": "warning"}
LATENCY_BURN = {**BUDGET_BURN, "signal": "latency", "objective": "latency-p99"}
LATENCY = {
    "alertname": "LatencyAboveObjective",
    "severity": "warning",
    "signal": "latency",
    "percentile": "P99",
}
OPEN_FILES = {
    "alertname": "OpenFilesNearLimit",
    "severity": "critical",
    "signal": "saturation",
    "instance": "a:1",
}
REQUESTS_PILING_UP = {**OPEN_FILES, "alertname": "RequestsPilingUp", "severity": "warning"}
JOB_LATE = {
    "alertname": "JobNotSucceeded",
    "severity": "critical",
    "signal": "batch",
    "batch_job": "email",
}
JOB_LATE_WARNING = {**JOB_LATE, "severity": "warning"}
PROBE_ALERTS = (
    {"alertname": "Probe", "signal": "probe", "severity": "critical"},
    {"alertname": "Probe", "signal": "probe", "severity": "warning"},
)
"""Fires last; once its warning is suppressed, everything before has had its effect."""

_numbers = count()


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    """Run the demo's Alertmanager; nobody listens to what it sends."""
    folder = tmp_path_factory.mktemp("alertmanager")
    path = write_alertmanager(folder, {"alert-log": f"{HOST}:{find_free_port()}"})
    with ChildProcesses(folder) as children, closing(start_alertmanager(children, path)) as running:
        yield running


@pytest.fixture
def slug() -> str:
    """Return a service of the test's own: nothing of another test is in its way."""
    return f"service-{next(_numbers)}"


def list_suppressed(alertmanager: Alertmanager, slug: str, *alerts: Labels) -> list[bool]:
    """Let alerts fire together and tell of each whether it is suppressed."""
    probes = ({"service": f"{slug}-probe", **labels} for labels in PROBE_ALERTS)
    marked = [
        {"service": slug, **labels, "number": f"{slug}-{number}"}
        for number, labels in enumerate((*alerts, *probes))
    ]
    alertmanager.post_alerts([{"labels": labels} for labels in marked])

    def states() -> list[bool]:
        states_by_number = {
            alert["labels"]["number"]: alert["status"]["state"]
            for alert in alertmanager.list_alerts()
        }
        return [states_by_number.get(labels["number"]) == "suppressed" for labels in marked]

    assert wait_until(lambda: states()[-1], timeout=10)
    return states()[: -len(PROBE_ALERTS)]


@pytest.mark.parametrize("down", [ALL_INSTANCES_DOWN, TARGET_ABSENT], ids=["down", "absent"])
def test_a_service_that_is_down_says_nothing_else(
    alertmanager: Alertmanager, slug: str, down: Labels
) -> None:
    other_alerts = (
        INSTANCE_DOWN,
        ERROR_RATIO_HIGH,
        ERROR_RATIO_WARNING,
        BUDGET_BURN,
        LATENCY,
        OPEN_FILES,
        JOB_LATE,
    )
    assert list_suppressed(alertmanager, slug, down, *other_alerts) == [
        False,
        *(True for _ in other_alerts),
    ]


def test_what_is_down_does_not_silence_itself(alertmanager: Alertmanager, slug: str) -> None:
    assert list_suppressed(alertmanager, slug, ALL_INSTANCES_DOWN, TARGET_ABSENT) == [False, False]


def test_another_service_is_not_spared(alertmanager: Alertmanager, slug: str) -> None:
    labels = {"service": f"{slug}-other"}
    noisy = (ALL_INSTANCES_DOWN, INSTANCE_DOWN, ERROR_RATIO_HIGH, JOB_LATE)
    spared = (
        *noisy,
        *(
            {**alert, **labels}
            for alert in (ERROR_RATIO_WARNING, REQUESTS_PILING_UP, JOB_LATE_WARNING, LATENCY)
        ),
    )
    assert list_suppressed(alertmanager, slug, *spared)[len(noisy) :] == [False] * 4


def test_an_instance_that_is_down_is_not_near_its_limits(
    alertmanager: Alertmanager, slug: str
) -> None:
    elsewhere = {"instance": "b:1"}
    fired = (
        INSTANCE_DOWN,
        OPEN_FILES,
        REQUESTS_PILING_UP,
        {**INSTANCE_DOWN, "instance": "c:1"},
        {**OPEN_FILES, **elsewhere},
    )
    assert list_suppressed(alertmanager, slug, *fired) == [False, True, True, False, False]


def test_one_instance_down_does_not_silence_its_service(
    alertmanager: Alertmanager, slug: str
) -> None:
    assert (
        list_suppressed(alertmanager, slug, INSTANCE_DOWN, ERROR_RATIO_WARNING, LATENCY, JOB_LATE)
        == [False] * 4
    )


def test_critical_silences_the_warnings_of_its_signal_and_no_others(
    alertmanager: Alertmanager, slug: str
) -> None:
    fired = (
        BUDGET_BURN,
        ERROR_RATIO_HIGH,
        ERROR_RATIO_WARNING,
        SLOW_BUDGET_BURN,
        LATENCY,
        REQUESTS_PILING_UP,
    )
    assert list_suppressed(alertmanager, slug, *fired) == [False, False, True, True, False, False]


def test_a_page_about_latency_silences_its_ticket(alertmanager: Alertmanager, slug: str) -> None:
    fired = (LATENCY_BURN, LATENCY, ERROR_RATIO_WARNING)
    assert list_suppressed(alertmanager, slug, *fired) == [False, True, False]


def test_warnings_alone_are_heard(alertmanager: Alertmanager, slug: str) -> None:
    assert (
        list_suppressed(alertmanager, slug, ERROR_RATIO_WARNING, SLOW_BUDGET_BURN, LATENCY)
        == [False] * 3
    )


@pytest.mark.parametrize(
    ("critical", "warning", "label"),
    [(OPEN_FILES, REQUESTS_PILING_UP, "instance"), (JOB_LATE, JOB_LATE_WARNING, "batch_job")],
)
def test_trouble_of_one_instance_or_job_does_not_hide_that_of_another(
    alertmanager: Alertmanager, slug: str, critical: Labels, warning: Labels, label: str
) -> None:
    fired = (critical, warning, {**warning, label: "another"})
    assert list_suppressed(alertmanager, slug, *fired) == [False, True, False]


def test_alerts_of_others_silence_nothing(alertmanager: Alertmanager) -> None:
    foreign = {"alertname": "Foreign", "service": "", "severity": "critical"}
    fired = (
        foreign,
        {**foreign, "severity": "warning"},
        {**ALL_INSTANCES_DOWN, "service": ""},
        {**INSTANCE_DOWN, "service": ""},
        {**REQUESTS_PILING_UP, "service": ""},
    )
    assert list_suppressed(alertmanager, "foreign", *fired) == [False] * 5


def test_alerts_are_grouped_by_service_and_signal(alertmanager: Alertmanager, slug: str) -> None:
    list_suppressed(alertmanager, slug, ERROR_RATIO_HIGH, BUDGET_BURN, LATENCY, REQUESTS_PILING_UP)
    groups = alertmanager.list_groups()
    for signal in ("errors", "latency", "saturation"):
        assert groups.count({"service": slug, "signal": signal}) == 1
    assert all(set(labels) <= {"service", "signal"} for labels in groups)


LABELS_OF_ALERTS = (
    INSTANCE_DOWN,
    ERROR_RATIO_WARNING,
    BUDGET_BURN,
    SLOW_BUDGET_BURN,
    LATENCY_BURN,
    LATENCY,
    ALL_INSTANCES_DOWN,
    TARGET_ABSENT,
    OPEN_FILES,
    REQUESTS_PILING_UP,
    JOB_LATE,
)


@pytest.mark.parametrize("labels", LABELS_OF_ALERTS, ids=lambda labels: "-".join(labels.values()))
def test_these_are_labels_of_alerts_that_a_build_writes(labels: Labels) -> None:
    built = [
        {"alertname": rule["alert"], **rule["labels"], "instance": "a:1"}
        for rules in build_rule_sets().values()
        for rule in list_alert_rules(rules)
    ]
    given = {**labels, **({"batch_job": ""} if "batch_job" in labels else {})}
    assert any(
        given.items() <= {**other, **({"batch_job": ""} if "batch_job" in other else {})}.items()
        for other in built
    )
