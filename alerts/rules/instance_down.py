"""An instance that Prometheus does not reach."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import label, literal
from tailboard.panels import health, promql
from tailboard.panels.service import Service

NAME = "InstanceDown"


def instance_down(service: Service) -> Iterator[AlertRule]:
    """One instance does not answer Prometheus.

    The others carry its load, if there are others. Look whether the process runs and what its log
    says last; then whether Prometheus may reach its port. After a planned removal, take the target
    out of Prometheus' configuration.
    """
    up = promql.series(service.up(NAME))
    yield AlertRule(
        name=NAME,
        expression=f"{up} == 0",
        severity="warning",
        signal="up",
        lasting="2m",
        summary=f"{label('instance')} of {literal(service.name)} is down",
        description=f"Prometheus has not reached {label('instance')} for two minutes: whoever it "
        "served is served by the others, or by nobody. Look first whether the process runs and "
        "what its log says last.",
        panel=health.up,
        limit=0,
        told_by=("instance", *service.by),
        examples=(
            Example("one of two", _two(service, scene.constant(0)), fires=True, after="1m"),
            Example("both up", _two(service, scene.constant(1)), fires=False, after="1m"),
            Example("a restart", _two(service, "1x8 0x4 1+0"), fires=False, after="1m"),
        ),
    )


def _two(service: Service, values: str) -> dict[str, str]:
    up = scene.constant(1)
    return {
        **scene.of_target(service, "up", values),
        **scene.of_target(service, "up", up, instance="b:8000"),
    }
