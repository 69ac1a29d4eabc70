"""Whether the service is up, and how often it restarts."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, StateTimeline, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.descriptions import describe_value
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.state_timeline import state_timeline
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, WARNING


def instances(service: Service) -> Stat:
    """How many instances answer Prometheus, of how many it knows; red when one is lost."""
    up = service.select_up("health.instances")
    instance_count = promql.aggregate("count", promql.select_series(up), service.by)
    up_count = promql.aggregate_gauge(up, service.by)
    return stat(
        "Instances up",
        [Query(f"{up_count} / {instance_count}", service.legend)],
        description="The share of instances that answered the last scrape, of all that Prometheus "
        "knows. An instance that was removed from Prometheus' targets is not counted as lost.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0.5, WARNING), (1, GOOD)],
        base=BAD,
        no_value="unknown to Prometheus",
    )


def instances_of_total(service: Service) -> Stat:
    """The number of instances that answer, beside the number that Prometheus knows."""
    up = service.select_up("health.instances_of_total")
    instance_count = promql.aggregate("count", promql.select_series(up), service.by)
    return stat(
        "Instances up of total",
        [
            Query(promql.aggregate_gauge(up, service.by), f"{service.legend} up"),
            Query(instance_count, f"{service.legend} total"),
        ],
        description="How many instances answered the last scrape, and how many Prometheus knows.",
        unit=units.SHORT,
        thresholds=[(1, GOOD)],
        base=BAD,
        no_value="unknown to Prometheus",
    )


def up(service: Service) -> StateTimeline:
    """Every instance over time: green while it answers, red while it is lost."""
    return state_timeline(
        "Up",
        Query(
            promql.select_series(service.select_up("health.up")), service.format_legend("instance")
        ),
        description="Whether each instance answered Prometheus' scrape. A gap means that "
        "Prometheus did not know the instance then.",
        states={0: ("down", BAD), 1: ("up", GOOD)},
    )


RESTART_LIMIT = 3
"""Restarts in an hour: more are a crash loop rather than a deployment."""


def restarts(service: Service) -> TimeSeries:
    """How often each instance restarted in the last hour."""
    start_time = service.select_concept(START_TIME, "health.restarts")
    expression = promql.changes(start_time, "1h")
    return timeseries(
        "Restarts in the last hour",
        [Query(expression, service.format_legend("instance"))],
        description=describe_value(
            start_time,
            "Restarts of the process in the hour before each point. More than a deployment "
            "explains means a crash loop or memory that runs out.",
        ),
        unit=units.SHORT,
        thresholds=[(RESTART_LIMIT, BAD)],
    )
