"""Alert rules, one a file, most urgent first.

To add one, add its file with a function of a service and a line to `RULES`; its docstring becomes
the runbook.
"""

from collections.abc import Callable, Iterator

from tailboard.alerts.rule import AlertRule, Note
from tailboard.alerts.rules.all_instances_down import all_instances_down
from tailboard.alerts.rules.backlog_too_long import backlog_too_long
from tailboard.alerts.rules.database_queries_slow import database_queries_slow
from tailboard.alerts.rules.dependency_down import dependency_down
from tailboard.alerts.rules.error_budget_burn import error_budget_burn
from tailboard.alerts.rules.error_ratio_high import error_ratio_high
from tailboard.alerts.rules.first_token_late import first_token_late
from tailboard.alerts.rules.instance_down import instance_down
from tailboard.alerts.rules.job_not_run import job_not_run
from tailboard.alerts.rules.job_not_succeeded import job_not_succeeded
from tailboard.alerts.rules.latency_above_objective import latency_above_objective
from tailboard.alerts.rules.model_calls_failing import model_calls_failing
from tailboard.alerts.rules.open_files_near_limit import open_files_near_limit
from tailboard.alerts.rules.outgoing_calls_failing import outgoing_calls_failing
from tailboard.alerts.rules.percentile_unknown import percentile_unknown
from tailboard.alerts.rules.postgres_connections_near_limit import postgres_connections_near_limit
from tailboard.alerts.rules.push_failed import push_failed
from tailboard.alerts.rules.redis_memory_nearly_full import redis_memory_nearly_full
from tailboard.alerts.rules.request_queue_too_long import request_queue_too_long
from tailboard.alerts.rules.requests_piling_up import requests_piling_up
from tailboard.alerts.rules.restart_loop import restart_loop
from tailboard.alerts.rules.scrape_slow import scrape_slow
from tailboard.alerts.rules.series_exploding import series_exploding
from tailboard.alerts.rules.target_absent import target_absent
from tailboard.alerts.rules.tasks_failing import tasks_failing
from tailboard.panels.service import Service

RuleBuilder = (
    Callable[[Service], Iterator[AlertRule | Note]] | Callable[[Service], Iterator[AlertRule]]
)

RULES: tuple[RuleBuilder, ...] = (
    all_instances_down,
    target_absent,
    instance_down,
    restart_loop,
    error_ratio_high,
    latency_above_objective,
    error_budget_burn,
    requests_piling_up,
    database_queries_slow,
    dependency_down,
    outgoing_calls_failing,
    redis_memory_nearly_full,
    postgres_connections_near_limit,
    backlog_too_long,
    tasks_failing,
    first_token_late,
    request_queue_too_long,
    model_calls_failing,
    job_not_run,
    job_not_succeeded,
    push_failed,
    open_files_near_limit,
    series_exploding,
    percentile_unknown,
    scrape_slow,
)
"""All of them; a service has those that its convention can feed."""

__all__ = ["RULES"]


def build_alert_name(rule_builder: RuleBuilder) -> str:
    """The name of a rule's alerts: `instance_down` makes InstanceDown."""
    return "".join(word.capitalize() for word in rule_builder.__name__.split("_"))
