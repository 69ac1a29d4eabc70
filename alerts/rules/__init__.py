"""Alert rules, one a file, most urgent first.

To add one, add its file with a function of a service and a line to `RULES`; its docstring becomes
the runbook.
"""

from collections.abc import Callable, Iterator

from alerts.rule import AlertRule, Note
from alerts.rules.all_instances_down import all_instances_down
from alerts.rules.backlog_too_long import backlog_too_long
from alerts.rules.database_queries_slow import database_queries_slow
from alerts.rules.dependency_down import dependency_down
from alerts.rules.error_budget_burn import error_budget_burn
from alerts.rules.error_ratio_high import error_ratio_high
from alerts.rules.instance_down import instance_down
from alerts.rules.job_not_run import job_not_run
from alerts.rules.job_not_succeeded import job_not_succeeded
from alerts.rules.latency_above_objective import latency_above_objective
from alerts.rules.open_files_near_limit import open_files_near_limit
from alerts.rules.outgoing_calls_failing import outgoing_calls_failing
from alerts.rules.percentile_unknown import percentile_unknown
from alerts.rules.postgres_connections_near_limit import postgres_connections_near_limit
from alerts.rules.push_failed import push_failed
from alerts.rules.redis_memory_nearly_full import redis_memory_nearly_full
from alerts.rules.requests_piling_up import requests_piling_up
from alerts.rules.restart_loop import restart_loop
from alerts.rules.scrape_slow import scrape_slow
from alerts.rules.series_exploding import series_exploding
from alerts.rules.target_absent import target_absent
from alerts.rules.tasks_failing import tasks_failing
from panels.service import Service

Maker = Callable[[Service], Iterator[AlertRule | Note]] | Callable[[Service], Iterator[AlertRule]]

RULES: tuple[Maker, ...] = (
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


def alert_name(maker: Maker) -> str:
    """The name of a rule's alerts: `instance_down` makes InstanceDown."""
    return "".join(word.capitalize() for word in maker.__name__.split("_"))
