"""A Redis or PostgreSQL that its exporter does not reach."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import escape_template, format_label_template
from tailboard.panels import dependencies, promql
from tailboard.panels.concept import REACHABLE
from tailboard.panels.service import Service

NAME = "DependencyDown"

KEEP_FIRING = "5m"
"""How long the alert outlasts its condition: a server that crashes again and again is one."""


def dependency_down(service: Service) -> Iterator[AlertRule]:
    """The exporter answers, but does not reach what it watches.

    Every service that leans on it fails. Look whether it runs, whether it has memory and disk
    left, then whether only the exporter's password or address is wrong.
    """
    reachability = service.select_concept(REACHABLE, NAME)
    yield AlertRule(
        name=NAME,
        expression=f"{promql.aggregate_gauge(reachability, (*service.by, 'instance'), 'min')} == 0",
        severity="critical",
        signal="dependencies",
        lasting="1m",
        keep_firing=KEEP_FIRING,
        summary=f"{escape_template(service.name)} does not answer its exporter "
        f"{format_label_template('instance')}",
        description=f"{format_label_template('instance')} does not reach "
        f"{escape_template(service.name)}: whoever leans on it fails. Look first whether it runs "
        "and has memory and disk left, then whether only the exporter's password is wrong.",
        panel=dependencies.reachable,
        limit=0,
        series_labels=("instance", *service.by),
        examples=(
            Example(
                "gone", example_series.build_gauge_series(service, REACHABLE, "0+0"), is_firing=True
            ),
            Example(
                "there",
                example_series.build_gauge_series(service, REACHABLE, "1+0"),
                is_firing=False,
            ),
        ),
    )
