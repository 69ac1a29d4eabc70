"""A service of which Prometheus reaches nothing."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import escape_template
from tailboard.panels import health, promql
from tailboard.panels.service import Service

NAME = "AllInstancesDown"

KEEP_FIRING = "5m"
"""How long the alert outlasts its condition: a process that crashes again and again is one."""


def all_instances_down(service: Service) -> Iterator[AlertRule]:
    """No instance of the service answers Prometheus: nobody is served.

    Look at what was deployed last, and roll it back if the times fit. Then at what all instances
    share: the host, the network, a configuration, a database that they wait for at the start.
    """
    up = service.select_up(NAME)
    yield AlertRule(
        name=NAME,
        expression=f"{promql.aggregate_gauge(up, service.by, 'max')} == 0",
        severity="critical",
        signal="up",
        lasting="1m",
        keep_firing=KEEP_FIRING,
        summary=f"{escape_template(service.name)} is down",
        description="Prometheus reaches no instance: nobody is served. Look first at what was "
        "deployed last, then at what all instances share.",
        panel=health.up,
        limit=0,
        series_labels=service.by,
        examples=(
            Example(
                "all down",
                example_series.build_target_series(service, "up", "0+0"),
                is_firing=True,
                delay="1m",
            ),
            Example(
                "one left",
                {
                    **example_series.build_target_series(service, "up", "0+0"),
                    **example_series.build_target_series(service, "up", "1+0", instance="b:8000"),
                },
                is_firing=False,
                delay="1m",
            ),
        ),
    )
