"""Faults of the demo make the generated alerts pending, firing, notified, and resolved again.

An hour lasts two minutes here (`time_compression.py`); everything else is real: the programs, their
faults, Prometheus, the Pushgateway, Alertmanager with the demo's configuration, the alert log.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels.promql import WINDOW
from tests.dashboards.sample_dashboards import walk_panels
from tests.live.alert_environment import (
    JOB_AGE,
    SPEED_FACTOR,
    Alert,
    AlertEnvironment,
    list_services,
    run_alert_environment,
)
from tests.live.processes import wait_until
from tests.live.prometheus_server import Labels

pytestmark = pytest.mark.slow

STATE_TIMEOUT = 120
"""Seconds that a state may take on a busy machine; usually it is there after 20."""

HISTORY = 600


class ExpectedAlert(NamedTuple):
    """An alert that the faults must cause."""

    service: str
    name: str
    severity: str
    extra_labels: tuple[tuple[str, str], ...] = ()

    @property
    def labels(self) -> Labels:
        labels = {"service": self.service, "alertname": self.name, "severity": self.severity}
        return {**labels, **dict(self.extra_labels)}

    def __str__(self) -> str:
        return "-".join(self.labels.values())


PAGES = (
    ExpectedAlert("orders", "ErrorBudgetBurn", "critical", (("objective", "availability"),)),
    ExpectedAlert("orders-worker", "AllInstancesDown", "critical"),
    ExpectedAlert("reports", "JobNotSucceeded", "critical"),
)
WARNINGS = (
    ExpectedAlert("orders", "InstanceDown", "warning"),
    ExpectedAlert("orders", "LatencyAboveObjective", "warning", (("percentile", "P99"),)),
    ExpectedAlert(
        "orders", "DatabaseQueriesSlow", "warning", (("operation", "SELECT"), ("table", "orders"))
    ),
)
INHIBITED_WARNINGS = (
    ExpectedAlert("orders", "ErrorRatioHigh", "warning"),
    ExpectedAlert("orders-worker", "InstanceDown", "warning"),
    ExpectedAlert("reports", "JobNotSucceeded", "warning"),
)
"""Firing as well, and suppressed: something critical says the same."""

QUIET_PAGE = ExpectedAlert("quiet", "ErrorBudgetBurn", "critical", (("objective", "availability"),))
QUIET_FAILURES = 8
"""Of about twenty requests in the last minutes, and of some hundred in the last hour."""

EXPECTED = (*PAGES, *WARNINGS, *INHIBITED_WARNINGS)


@dataclass(frozen=True)
class Outage:
    """The alerts before and during the faults, with their times."""

    environment: AlertEnvironment
    alerts_before: list[Alert]
    alerts_during: list[Alert]
    suppressed_alerts: list[Labels]
    failed_statuses: list[int]
    quiet_alerts: list[Labels]
    start_time: float
    end_time: float

    def find_state_times(self, expected: ExpectedAlert, state: str) -> list[float]:
        """When an alert was in a state, since the faults began."""
        alerts = f"ALERTS{{{format_matchers(expected, state)}}}"
        series = self.environment.prometheus.query_range(alerts, HISTORY, step=0.5)
        return sorted(at for _, points in series for at, _ in points if at > self.start_time)


@pytest.fixture(scope="module")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outage]:
    """Cause all faults, wait until all alerts fire, remove them, wait until nothing fires."""
    with run_alert_environment(tmp_path_factory.mktemp("alerts")) as environment:
        wait_for_state(
            environment,
            lambda: is_under_load(environment) and not list_active_alerts(environment),
            lambda: "no good health",
        )
        before, began = environment.list_alerts(), time.time()
        failed = break_programs(environment)
        wait_for_state(
            environment,
            lambda: not list_missing_alerts(environment),
            lambda: f"not firing: {list_missing_alerts(environment)}",
        )
        during = environment.list_alerts()
        wait_for_state(
            environment,
            lambda: not list_unlogged_alerts(environment, "FIRING"),
            lambda: f"not told: {list_unlogged_alerts(environment)}",
        )
        suppressed = [
            alert["labels"]
            for alert in environment.alertmanager.list_alerts()
            if alert["status"]["state"] == "suppressed"
        ]
        quiet = find_quiet_alerts(environment)
        repair_programs(environment)
        environment.send_failing_requests(QUIET_FAILURES)
        wait_for_state(
            environment,
            lambda: is_firing(environment, QUIET_PAGE),
            lambda: f"{QUIET_FAILURES} failures page nobody",
        )
        wait_for_state(
            environment,
            lambda: not list_active_alerts(environment),
            lambda: f"still there: {list_active_alerts(environment)}",
        )
        end_time = time.time()
        wait_for_state(
            environment,
            lambda: not list_unlogged_alerts(environment),
            lambda: f"not told: {list_unlogged_alerts(environment)}",
        )
        yield Outage(environment, before, during, suppressed, failed, quiet, began, end_time)


def break_programs(environment: AlertEnvironment) -> list[int]:
    """Switch on every fault, kill two programs, and let one request to the quiet shop fail."""
    environment.switch_faults("orders-a", slow_table=True, error_share=0.2, stuck_batch_job=True)
    environment.kill_program("orders-b")
    environment.kill_program("worker")
    return environment.send_failing_requests(1)


def repair_programs(environment: AlertEnvironment) -> None:
    """Switch off every fault and start the killed programs."""
    environment.switch_faults("orders-a", slow_table=False, error_share=0, stuck_batch_job=False)
    environment.start_program("orders-b")
    environment.start_program("worker")


def wait_for_state(
    environment: AlertEnvironment, condition: Callable[[], bool], complaint: Callable[[], str]
) -> None:
    """Wait for a state, however long a busy machine takes."""
    if not wait_until(condition, STATE_TIMEOUT, interval=0.25):
        alerts = [
            (alert["labels"], alert["state"], alert["value"]) for alert in environment.list_alerts()
        ]
        log = "\n".join(environment.read_alert_log())
        pytest.fail(f"{complaint()} after {STATE_TIMEOUT} s; alerts: {alerts}; alert log:\n{log}")


def is_under_load(environment: AlertEnvironment) -> bool:
    """Whether both shops have as many requests as the guards of their alerts ask for."""
    rate = "service_objective:requests:rate5m"
    enough = {"orders": 10, "quiet": 0.05 * SPEED_FACTOR}
    samples = environment.prometheus.query(f'{rate}{{objective="availability"}}')
    rates = {labels["service"]: value for labels, value in samples}
    up = environment.prometheus.query("sum(up)")
    reported = environment.prometheus.query("job_last_success_unixtime")
    busy = all(rates.get(name, 0) >= minimum_rate for name, minimum_rate in enough.items())
    return busy and bool(reported) and up[0][1] == 5


def find_quiet_alerts(environment: AlertEnvironment) -> list[Labels]:
    """The alerts about its failures that were ever pending or firing."""
    alerts = 'ALERTS{service="quiet",alertname=~"ErrorRatioHigh|ErrorBudgetBurn"}'
    return [
        labels
        for labels, _ in environment.prometheus.query(f"count_over_time({alerts}[{HISTORY}s])")
    ]


def list_missing_alerts(environment: AlertEnvironment) -> list[str]:
    """Which of the expected alerts do not fire."""
    return [str(expected) for expected in EXPECTED if not is_firing(environment, expected)]


def is_firing(environment: AlertEnvironment, expected: ExpectedAlert) -> bool:
    """Whether an alert fires now."""
    firing = (alert["labels"] for alert in environment.list_alerts() if alert["state"] == "firing")
    return any(has_labels(expected, labels) for labels in firing)


def list_active_alerts(environment: AlertEnvironment) -> list[str]:
    """Which of the expected alerts are pending or firing."""
    active_labels = [alert["labels"] for alert in environment.list_alerts()]
    return [
        str(expected)
        for expected in EXPECTED
        if any(has_labels(expected, labels) for labels in active_labels)
    ]


def list_unlogged_alerts(environment: AlertEnvironment, *statuses: str) -> list[str]:
    """Of which alerts the log has no line yet: that they fire, that they are resolved."""
    lines = environment.read_alert_log()
    heads = [
        f"{status} {expected.severity} {expected.name} {expected.service}: "
        for status in statuses or ("FIRING", "RESOLVED")
        for expected in (*PAGES, *WARNINGS)
    ]
    return [head for head in heads if not any(line.startswith(head) for line in lines)]


def has_labels(expected: ExpectedAlert, labels: Labels) -> bool:
    return expected.labels.items() <= labels.items()


def format_matchers(expected: ExpectedAlert, state: str) -> str:
    labels = {**expected.labels, "alertstate": state}
    return ",".join(f'{name}="{value}"' for name, value in labels.items())


def test_nothing_fires_in_good_health(outage: Outage) -> None:
    assert [alert for alert in outage.alerts_before if alert["state"] == "firing"] == []
    assert not any(
        has_labels(expected, alert["labels"])
        for expected in EXPECTED
        for alert in outage.alerts_before
    )


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_a_fault_makes_its_alert_pending_then_firing_until_it_is_mended(
    outage: Outage, expected: ExpectedAlert
) -> None:
    pending, firing = (outage.find_state_times(expected, state) for state in ("pending", "firing"))
    if expected.name != "ErrorBudgetBurn":  # it fires at the first evaluation
        assert pending[0] < firing[0]
    assert firing[0] <= firing[-1] < outage.end_time


def test_an_instance_that_is_down_is_not_the_whole_service(outage: Outage) -> None:
    assert (
        outage.find_state_times(ExpectedAlert("orders", "AllInstancesDown", "critical"), "pending")
        == []
    )


def test_what_fires_and_what_is_resolved_is_told_unless_something_worse_was(outage: Outage) -> None:
    assert list_unlogged_alerts(outage.environment) == []
    lines = outage.environment.read_alert_log()
    for name, service in (("ErrorRatioHigh", "orders"), ("InstanceDown", "orders-worker")):
        assert not any(line.startswith(f"FIRING warning {name} {service}: ") for line in lines)


def test_an_incident_is_one_notification_that_it_fires_and_one_that_it_is_over(
    outage: Outage,
) -> None:
    """Also where alerts of other signals join: what was told is not told again."""
    lines = [line.split(" http", 1) for line in outage.environment.read_alert_log()]
    told = Counter(
        (*text.partition(": ")[0].split(), address.partition("&from=")[0])
        for text, address in lines
    )
    assert len(told) >= 2 * len((*PAGES, *WARNINGS))
    assert {key: times for key, times in told.items() if times > 1} == {}


def test_a_single_failure_of_a_quiet_service_pages_nobody_and_several_do(outage: Outage) -> None:
    assert outage.failed_statuses == [500]
    expression = 'max_over_time(service_objective:bad_requests:ratio_rate5m{service="quiet"}[10m])'
    assert max(value for _, value in outage.environment.prometheus.query(expression)) > 0.01
    assert outage.quiet_alerts == []
    assert outage.find_state_times(QUIET_PAGE, "firing")


def test_critical_alerts_spare_people_the_warnings(outage: Outage) -> None:
    for expected in INHIBITED_WARNINGS:
        assert any(has_labels(expected, labels) for labels in outage.suppressed_alerts), expected
    for expected in (*PAGES, *WARNINGS):
        assert not any(has_labels(expected, labels) for labels in outage.suppressed_alerts), (
            expected
        )


def test_alerts_speak_in_human_units_and_without_a_template_left(outage: Outage) -> None:
    texts = [text for alert in outage.alerts_during for text in alert["annotations"].values()]
    lines = outage.environment.read_alert_log()
    for text in [*texts, *lines]:
        assert not re.search(r"\{\{|}}|<error|<no value>|NaN|Inf", text), text
    for alert, value in (
        ("ErrorBudgetBurn orders", r"\d times"),
        ("LatencyAboveObjective orders", r"P99 .*\d(ms|s)"),
        ("DatabaseQueriesSlow orders", r"SELECT orders .*\ds"),
        ("InstanceDown orders", r"127\.0\.0\.1:\d+"),
        ("JobNotSucceeded reports", r"nightly_report .*\ds"),
    ):
        assert any(re.search(f" {alert}: .*{value}.* http://", line) for line in lines), alert


def test_each_alert_leads_to_a_panel_of_the_demos_grafana(outage: Outage) -> None:
    link = re.compile(r" http://localhost:3000/d/[\w-]+\?viewPanel=\d+&from=now-\w+&to=now\S*$")
    for line in outage.environment.read_alert_log():
        assert link.search(line), line


def test_the_report_is_late_by_its_own_objective(outage: Outage) -> None:
    late_report = ExpectedAlert("reports", "JobNotSucceeded", "warning")
    [alert] = [alert for alert in outage.alerts_during if has_labels(late_report, alert["labels"])]
    assert float(alert["value"]) > JOB_AGE
    assert alert["labels"]["job_name"] == "nightly_report"


def test_dashboards_that_read_recorded_series_have_data(outage: Outage) -> None:
    """Every query of the library, of a service that reads what its rules record."""
    recorded = list_services()[0].as_recorded()
    panel_queries = [
        (panel["title"], target["expr"].replace(WINDOW, "10s").replace("$route", ".*"))
        for dashboard in build_service_dashboards(recorded)
        for panel in walk_panels(build_document(dashboard)["panels"])
        for target in panel.get("targets", [])
        # A day ago nothing ran, and ratios over days begin when half of them is recorded.
        if not target["legendFormat"].endswith(("a day ago", " 1d", " 3d"))
    ]
    assert sum("service_" in expression for _, expression in panel_queries) > 40
    assert [
        query for query in panel_queries if not outage.environment.prometheus.query(query[1])
    ] == []
