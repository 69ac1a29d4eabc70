"""Who is spared: the demo's routing and inhibition in a real Alertmanager."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from demo.configuration import write_alertmanager
from tests.live.alertmanager_server import Alertmanager, start_alertmanager
from tests.live.processes import HOST, Children, free_port, wait_until

Labels = dict[str, str]

DOWN = {"alertname": "AllInstancesDown", "severity": "critical", "signal": "up"}
ABSENT = {**DOWN, "alertname": "TargetAbsent"}
ONE_DOWN = {"alertname": "InstanceDown", "severity": "warning", "signal": "up", "instance": "a:1"}
ERRORS = {"alertname": "ErrorRatioHigh", "severity": "critical", "signal": "errors"}
SOME_ERRORS = {**ERRORS, "severity": "warning"}
BURN = {**ERRORS, "alertname": "ErrorBudgetBurn", "window": "1h", "burn_rate": "14.4"}
SLOW_BURN = {**BURN, "severity": "warning", "window": "3d", "burn_rate": "1"}
SLOW = {"alertname": "LatencyAboveObjective", "severity": "warning", "signal": "latency"}
FILES = {
    "alertname": "OpenFilesNearLimit",
    "severity": "critical",
    "signal": "saturation",
    "instance": "a:1",
}
PILE = {**FILES, "alertname": "RequestsPilingUp", "severity": "warning"}
LATE = {
    "alertname": "JobNotSucceeded",
    "severity": "critical",
    "signal": "batch",
    "batch_job": "email",
}
NOT_RUN = {**LATE, "alertname": "JobNotRun"}
A_LITTLE_LATE = {**LATE, "severity": "warning"}
PROBE = (
    {"alertname": "Probe", "signal": "probe", "severity": "critical"},
    {"alertname": "Probe", "signal": "probe", "severity": "warning"},
)
"""Fires last; once its warning is suppressed, everything before has had its effect."""

_numbers = count()


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    """Run the demo's Alertmanager; nobody listens to what it sends."""
    folder = tmp_path_factory.mktemp("alertmanager")
    written = write_alertmanager(folder, {"alert-log": f"{HOST}:{free_port()}"})
    with Children(folder) as children, closing(start_alertmanager(children, written)) as running:
        yield running


@pytest.fixture
def slug() -> str:
    """Return a service of the test's own: nothing of another test is in its way."""
    return f"service-{next(_numbers)}"


def suppressed(alertmanager: Alertmanager, slug: str, *alerts: Labels) -> list[bool]:
    """Let alerts fire together and tell of each whether it is suppressed."""
    probes = ({"service": f"{slug}-probe", **labels} for labels in PROBE)
    marked = [
        {"service": slug, **labels, "number": f"{slug}-{number}"}
        for number, labels in enumerate((*alerts, *probes))
    ]
    alertmanager.post([{"labels": labels} for labels in marked])

    def states() -> list[bool]:
        known = {it["labels"]["number"]: it["status"]["state"] for it in alertmanager.alerts()}
        return [known.get(labels["number"]) == "suppressed" for labels in marked]

    assert wait_until(lambda: states()[-1], timeout=10)
    return states()[: -len(PROBE)]


@pytest.mark.parametrize("down", [DOWN, ABSENT], ids=["down", "absent"])
def test_a_service_that_is_down_says_nothing_else(
    alertmanager: Alertmanager, slug: str, down: Labels
) -> None:
    others = (ONE_DOWN, ERRORS, SOME_ERRORS, BURN, SLOW, FILES, LATE)
    assert suppressed(alertmanager, slug, down, *others) == [False, *(True for _ in others)]


def test_what_is_down_does_not_silence_itself(alertmanager: Alertmanager, slug: str) -> None:
    assert suppressed(alertmanager, slug, DOWN, ABSENT) == [False, False]


def test_another_service_is_not_spared(alertmanager: Alertmanager, slug: str) -> None:
    other = {"service": f"{slug}-other"}
    noisy = (DOWN, ONE_DOWN, ERRORS, LATE)
    spared = (*noisy, *({**it, **other} for it in (SOME_ERRORS, PILE, A_LITTLE_LATE, SLOW)))
    assert suppressed(alertmanager, slug, *spared)[len(noisy) :] == [False] * 4


def test_an_instance_that_is_down_is_not_near_its_limits(
    alertmanager: Alertmanager, slug: str
) -> None:
    elsewhere = {"instance": "b:1"}
    fired = (ONE_DOWN, FILES, PILE, {**ONE_DOWN, "instance": "c:1"}, {**FILES, **elsewhere})
    assert suppressed(alertmanager, slug, *fired) == [False, True, True, False, False]


def test_one_instance_down_does_not_silence_its_service(
    alertmanager: Alertmanager, slug: str
) -> None:
    assert suppressed(alertmanager, slug, ONE_DOWN, SOME_ERRORS, SLOW, LATE) == [False] * 4


def test_critical_silences_the_warnings_of_its_signal_and_no_others(
    alertmanager: Alertmanager, slug: str
) -> None:
    fired = (BURN, ERRORS, SOME_ERRORS, SLOW_BURN, SLOW, PILE)
    assert suppressed(alertmanager, slug, *fired) == [False, False, True, True, False, False]


def test_warnings_alone_are_heard(alertmanager: Alertmanager, slug: str) -> None:
    assert suppressed(alertmanager, slug, SOME_ERRORS, SLOW_BURN, SLOW) == [False] * 3


@pytest.mark.parametrize(
    ("critical", "warning", "label"),
    [(FILES, PILE, "instance"), (LATE, A_LITTLE_LATE, "batch_job")],
)
def test_trouble_of_one_instance_or_job_does_not_hide_that_of_another(
    alertmanager: Alertmanager, slug: str, critical: Labels, warning: Labels, label: str
) -> None:
    fired = (critical, warning, {**warning, label: "another"})
    assert suppressed(alertmanager, slug, *fired) == [False, True, False]


def test_a_job_that_does_not_run_is_not_told_as_one_that_fails(
    alertmanager: Alertmanager, slug: str
) -> None:
    fired = (NOT_RUN, LATE, {**LATE, "batch_job": "invoice"})
    assert suppressed(alertmanager, slug, *fired) == [False, True, False]


def test_alerts_of_others_silence_nothing(alertmanager: Alertmanager) -> None:
    foreign = {"alertname": "Foreign", "service": "", "severity": "critical"}
    fired = (
        foreign,
        {**foreign, "severity": "warning"},
        {**DOWN, "service": ""},
        {**ONE_DOWN, "service": ""},
        {**PILE, "service": ""},
    )
    assert suppressed(alertmanager, "foreign", *fired) == [False] * 5


def test_alerts_are_grouped_by_service(alertmanager: Alertmanager, slug: str) -> None:
    suppressed(alertmanager, slug, ERRORS, SLOW, PILE)
    groups = alertmanager.groups()
    assert groups.count({"service": slug}) == 1
    assert all(set(labels) <= {"service"} for labels in groups)
