"""A Redis or PostgreSQL that its exporter does not reach."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import label, literal
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import REACHABLE
from tailboard.panels.service import Service

NAME = "DependencyDown"


def dependency_down(service: Service) -> Iterator[AlertRule]:
    """The exporter answers, but does not reach what it watches.

    Every service that leans on it fails. Look whether it runs, whether it has memory and disk
    left, then whether only the exporter's password or address is wrong.
    """
    reached = service.select(REACHABLE, NAME)
    yield AlertRule(
        name=NAME,
        expression=f"{promql.value(reached, (*service.by, 'instance'), 'min')} == 0",
        severity="critical",
        signal="dependencies",
        lasting="1m",
        summary=f"{literal(service.name)} does not answer its exporter {label('instance')}",
        description=f"{label('instance')} does not reach {literal(service.name)}: whoever leans on "
        "it fails. Look first whether it runs and has memory and disk left, then whether only the "
        "exporter's password is wrong.",
        panel=dependencies.reachable,
        limit=0,
        told_by=("instance", *service.by),
        examples=(
            Example("gone", scene.gauged(service, REACHABLE, "0+0"), fires=True),
            Example("there", scene.gauged(service, REACHABLE, "1+0"), fires=False),
        ),
    )
