"""Faults of the demo make the generated alerts pending, firing, told, and resolved again.

An hour lasts two minutes here (`hurried.py`); everything else is real: the programs, their faults,
Prometheus, the Pushgateway, Alertmanager with the demo's configuration, the demo's alert log.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels.promql import WINDOW
from tests.dashboards.sample_dashboards import everywhere

from .alert_stand import FACTOR, JOB_AGE, Alert, Stand, alert_stand, shop
from .processes import wait_until
from .prometheus_server import Labels

pytestmark = pytest.mark.slow

PATIENCE = 120
"""Seconds that a state may take on a busy machine; usually it is there after 20."""

HISTORY = 600


class Expected(NamedTuple):
    """An alert that the faults must cause."""

    service: str
    name: str
    severity: str
    more: tuple[tuple[str, str], ...] = ()

    @property
    def labels(self) -> Labels:
        own = {"service": self.service, "alertname": self.name, "severity": self.severity}
        return {**own, **dict(self.more)}

    def __str__(self) -> str:
        return "-".join(self.labels.values())


PAGES = (
    Expected("orders", "ErrorRatioHigh", "critical"),
    Expected(
        "orders",
        "ErrorBudgetBurn",
        "critical",
        (("burn_rate", "14.4"), ("objective", "availability")),
    ),
    Expected("orders-worker", "AllInstancesDown", "critical"),
    Expected("reports", "JobNotSucceeded", "critical"),
)
WARNINGS = (
    Expected("orders", "InstanceDown", "warning"),
    Expected("orders", "LatencyAboveObjective", "warning", (("percentile", "P99"),)),
    Expected(
        "orders", "DatabaseQueriesSlow", "warning", (("operation", "SELECT"), ("table", "orders"))
    ),
)
TOLD_ALREADY = (
    Expected("orders", "ErrorRatioHigh", "warning"),
    Expected("orders-worker", "InstanceDown", "warning"),
    Expected("reports", "JobNotSucceeded", "warning"),
)
"""Firing as well, and suppressed: something critical says the same."""

QUIET_PAGE = Expected("quiet", "ErrorRatioHigh", "critical")

EXPECTED = (*PAGES, *WARNINGS, *TOLD_ALREADY)


@dataclass(frozen=True)
class Story:
    """What happened: the alerts before and during the faults, and when."""

    stand: Stand
    before: list[Alert]
    during: list[Alert]
    suppressed: list[Labels]
    failed: list[int]
    quiet: list[Labels]
    began: float
    ended: float

    def history(self, expected: Expected, state: str) -> list[float]:
        """When an alert was in a state, since the faults began."""
        alerts = f"ALERTS{{{matchers(expected, state)}}}"
        found = self.stand.prometheus.query_range(alerts, HISTORY, step=0.5)
        return sorted(at for _, points in found for at, _ in points if at > self.began)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Break everything at once, wait until all of it alerts, mend it, wait until it is quiet."""
    with alert_stand(tmp_path_factory.mktemp("alerts")) as stand:
        wait(stand, lambda: under_load(stand) and not still(stand), lambda: "no good health")
        before, began = stand.alerts(), time.time()
        failed = break_everything(stand)
        wait(stand, lambda: not missing(stand), lambda: f"not firing: {missing(stand)}")
        during = stand.alerts()
        wait(stand, lambda: not untold(stand, "FIRING"), lambda: f"not told: {untold(stand)}")
        suppressed = [
            alert["labels"]
            for alert in stand.alertmanager.alerts()
            if alert["status"]["state"] == "suppressed"
        ]
        quiet = noise_of_the_quiet_shop(stand)
        mend_everything(stand)
        stand.fail(3)
        wait(stand, lambda: fires(stand, QUIET_PAGE), lambda: "three failures page nobody")
        wait(stand, lambda: not still(stand), lambda: f"still there: {still(stand)}")
        ended = time.time()
        wait(stand, lambda: not untold(stand), lambda: f"not told: {untold(stand)}")
        yield Story(stand, before, during, suppressed, failed, quiet, began, ended)


def break_everything(stand: Stand) -> list[int]:
    """Switch on every fault, kill two programs, and let one request to the quiet shop fail."""
    stand.switch("orders-a", slow_table=True, error_share=0.2, stuck_batch_job=True)
    stand.kill("orders-b")
    stand.kill("worker")
    return stand.fail(1)


def mend_everything(stand: Stand) -> None:
    """Undo it."""
    stand.switch("orders-a", slow_table=False, error_share=0, stuck_batch_job=False)
    stand.start("orders-b")
    stand.start("worker")


def wait(stand: Stand, condition: Callable[[], bool], complaint: Callable[[], str]) -> None:
    """Wait for a state, however long a busy machine takes."""
    if not wait_until(condition, PATIENCE, interval=0.25):
        there = [(it["labels"], it["state"], it["value"]) for it in stand.alerts()]
        log = "\n".join(stand.told())
        pytest.fail(f"{complaint()} after {PATIENCE} s; alerts: {there}; alert log:\n{log}")


def under_load(stand: Stand) -> bool:
    """Whether both shops have as many requests as the guards of their alerts ask for."""
    rate = "service_objective:requests:rate5m"
    enough = {"orders": 10, "quiet": 0.05 * FACTOR}
    found = stand.prometheus.query(f'{rate}{{objective="availability"}}')
    rates = {labels["service"]: value for labels, value in found}
    up = stand.prometheus.query("sum(up)")
    reported = stand.prometheus.query("job_last_success_unixtime")
    busy = all(rates.get(name, 0) >= least for name, least in enough.items())
    return busy and bool(reported) and up[0][1] == 5


def noise_of_the_quiet_shop(stand: Stand) -> list[Labels]:
    """The alerts about its failures that were ever pending or firing."""
    alerts = 'ALERTS{service="quiet",alertname=~"ErrorRatioHigh|ErrorBudgetBurn"}'
    return [
        labels for labels, _ in stand.prometheus.query(f"count_over_time({alerts}[{HISTORY}s])")
    ]


def missing(stand: Stand) -> list[str]:
    """Which of the expected alerts do not fire."""
    return [str(it) for it in EXPECTED if not fires(stand, it)]


def fires(stand: Stand, expected: Expected) -> bool:
    """Whether an alert fires now."""
    firing = (it["labels"] for it in stand.alerts() if it["state"] == "firing")
    return any(matches(expected, labels) for labels in firing)


def still(stand: Stand) -> list[str]:
    """Which of the expected alerts are pending or firing."""
    there = [it["labels"] for it in stand.alerts()]
    return [str(it) for it in EXPECTED if any(matches(it, labels) for labels in there)]


def untold(stand: Stand, *statuses: str) -> list[str]:
    """Of which alerts the log has no line yet: that they fire, that they are resolved."""
    lines = stand.told()
    heads = [
        f"{status} {it.severity} {it.name} {it.service}: "
        for status in statuses or ("FIRING", "RESOLVED")
        for it in (*PAGES, *WARNINGS)
    ]
    return [head for head in heads if not any(line.startswith(head) for line in lines)]


def matches(expected: Expected, labels: Labels) -> bool:
    return expected.labels.items() <= labels.items()


def matchers(expected: Expected, state: str) -> str:
    wanted = {**expected.labels, "alertstate": state}
    return ",".join(f'{name}="{value}"' for name, value in wanted.items())


def test_nothing_fires_in_good_health(story: Story) -> None:
    assert [it for it in story.before if it["state"] == "firing"] == []
    assert not any(matches(expected, it["labels"]) for expected in EXPECTED for it in story.before)


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_a_fault_makes_its_alert_pending_then_firing_until_it_is_mended(
    story: Story, expected: Expected
) -> None:
    pending, firing = (story.history(expected, state) for state in ("pending", "firing"))
    assert pending[0] < firing[0] <= firing[-1] < story.ended


def test_an_instance_that_is_down_is_not_the_whole_service(story: Story) -> None:
    assert story.history(Expected("orders", "AllInstancesDown", "critical"), "pending") == []


def test_what_fires_and_what_is_resolved_is_told_unless_something_worse_was(story: Story) -> None:
    assert untold(story.stand) == []
    lines = story.stand.told()
    for name, service in (("ErrorRatioHigh", "orders"), ("InstanceDown", "orders-worker")):
        assert not any(line.startswith(f"FIRING warning {name} {service}: ") for line in lines)


def test_a_single_failure_of_a_quiet_service_pages_nobody_and_three_do(story: Story) -> None:
    assert story.failed == [500]
    seen = 'max_over_time(service_objective:bad_requests:ratio_rate5m{service="quiet"}[10m])'
    assert max(value for _, value in story.stand.prometheus.query(seen)) > 0.01
    assert story.quiet == []
    assert story.history(QUIET_PAGE, "firing")


def test_critical_alerts_spare_people_the_warnings(story: Story) -> None:
    for expected in TOLD_ALREADY:
        assert any(matches(expected, labels) for labels in story.suppressed), expected
    for expected in (*PAGES, *WARNINGS):
        assert not any(matches(expected, labels) for labels in story.suppressed), expected


def test_alerts_speak_in_human_units_and_without_a_template_left(story: Story) -> None:
    texts = [text for alert in story.during for text in alert["annotations"].values()]
    lines = story.stand.told()
    for text in [*texts, *lines]:
        assert not re.search(r"\{\{|}}|<error|<no value>|NaN|Inf", text), text
    for alert, value in (
        ("ErrorRatioHigh orders", r"\d%"),
        ("ErrorBudgetBurn orders", r"\d times"),
        ("LatencyAboveObjective orders", r"P99 .*\d(ms|s)"),
        ("DatabaseQueriesSlow orders", r"SELECT orders .*\ds"),
        ("InstanceDown orders", r"127\.0\.0\.1:\d+"),
        ("JobNotSucceeded reports", r"nightly_report .*\ds"),
    ):
        assert any(re.search(f" {alert}: .*{value}.* http://", line) for line in lines), alert


def test_each_alert_leads_to_a_panel_of_the_demos_grafana(story: Story) -> None:
    link = re.compile(r" http://localhost:3000/d/[\w-]+\?viewPanel=\d+&from=now-\w+&to=now\S*$")
    for line in story.stand.told():
        assert link.search(line), line


def test_the_report_is_late_by_its_own_objective(story: Story) -> None:
    late = Expected("reports", "JobNotSucceeded", "warning")
    [alert] = [it for it in story.during if matches(late, it["labels"])]
    assert float(alert["value"]) > JOB_AGE
    assert alert["labels"]["job_name"] == "nightly_report"


def test_dashboards_that_read_recorded_series_have_data(story: Story) -> None:
    """Every query of the library, of a service that reads what its rules record."""
    recorded = shop()[0].as_recorded()
    asked = [
        (panel["title"], target["expr"].replace(WINDOW, "10s").replace("$route", ".*"))
        for dashboard in build_service_dashboards(recorded)
        for panel in everywhere(build_document(dashboard)["panels"])
        for target in panel.get("targets", [])
        if not target["legendFormat"].endswith("a day ago")
    ]
    assert sum("service_" in expression for _, expression in asked) > 40
    assert [it for it in asked if not story.stand.prometheus.query(it[1])] == []
