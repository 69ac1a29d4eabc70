"""A service that Prometheus does not even know."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import escape_template
from tailboard.panels import health, promql
from tailboard.panels.service import Service

NAME = "TargetAbsent"


def target_absent(service: Service) -> Iterator[AlertRule]:
    """Prometheus has no target for the service: it is watched by nobody.

    Every other alert of the service stays silent while this one fires. Look at Prometheus' page of
    targets, then at the service discovery and the job's name: a renamed job looks like this.
    """
    yield AlertRule(
        name=NAME,
        expression=f"absent({promql.select_series(service.select_up(NAME))})",
        severity="critical",
        signal="up",
        lasting="5m",
        summary=f"{escape_template(service.name)} is watched by nobody",
        description="Prometheus has no target for the service, so that no other alert of it can "
        "fire. Look first at Prometheus' page of targets, then whether its job was renamed.",
        panel=health.up,
        examples=(
            Example(
                "no target",
                example_series.build_target_series(service, "other", "1+0"),
                is_firing=True,
                delay="1m",
            ),
            Example(
                "down is known",
                example_series.build_target_series(service, "up", "0+0"),
                is_firing=False,
            ),
        ),
    )
