"""Whether the service is there at all."""

from grafanalib import formatunits as units
from grafanalib.core import Stat, StateTimeline, TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import START_TIME
from tailboard.panels.honesty import cautioned
from tailboard.panels.house import BAD, GOOD, WARNING
from tailboard.panels.kinds.stat import stat
from tailboard.panels.kinds.state_timeline import state_timeline
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.query import Query
from tailboard.panels.service import Service


def instances(service: Service) -> Stat:
    """How many instances answer Prometheus, of how many it knows; red when one is lost."""
    up = service.up("health.instances")
    known = promql.aggregated("count", promql.series(up), service.by)
    answering = promql.value(up, service.by)
    return stat(
        "Instances up",
        [Query(f"{answering} / {known}", service.legend)],
        description="The share of instances that answered the last scrape, of all that Prometheus "
        "knows. An instance that was removed from Prometheus' targets is not counted as lost.",
        unit=units.PERCENT_UNIT,
        thresholds=[(0.5, WARNING), (1, GOOD)],
        base=BAD,
        no_value="unknown to Prometheus",
    )


def instances_of_total(service: Service) -> Stat:
    """The number of instances that answer, beside the number that Prometheus knows."""
    up = service.up("health.instances_of_total")
    known = promql.aggregated("count", promql.series(up), service.by)
    return stat(
        "Instances up of total",
        [
            Query(promql.value(up, service.by), f"{service.legend} up"),
            Query(known, f"{service.legend} total"),
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
        Query(promql.series(service.up("health.up")), service.line("instance")),
        description="Whether each instance answered Prometheus' scrape. A gap means that "
        "Prometheus did not know the instance then.",
        states={0: ("down", BAD), 1: ("up", GOOD)},
    )


MANY_RESTARTS = 3
"""From how many restarts in an hour on they are a loop, more than a deployment explains."""


def restarts(service: Service) -> TimeSeries:
    """How often each instance restarted in the last hour."""
    started = service.select(START_TIME, "health.restarts")
    expression = promql.changes(started, "1h")
    return timeseries(
        "Restarts in the last hour",
        [Query(expression, service.line("instance"))],
        description=cautioned(
            started,
            "Restarts of the process in the hour before each point. More than a deployment "
            "explains means a crash loop or memory that runs out.",
        ),
        unit=units.SHORT,
        thresholds=[(MANY_RESTARTS, BAD)],
    )
