"""Requests slower than promised."""

from collections.abc import Iterator

from tailboard.alerts.percentile_alert import build_percentile_rules
from tailboard.alerts.rule import AlertRule, Note
from tailboard.alerts.template import DURATION_TEMPLATE, escape_template
from tailboard.panels import latency
from tailboard.panels.objective import list_objectives
from tailboard.panels.objectives import format_percentile
from tailboard.panels.service import Service

NAME = "LatencyAboveObjective"


def latency_above_objective(service: Service) -> Iterator[AlertRule | Note]:
    """Requests take longer than the service promises, at the percentile of the promise.

    The average may look fine. Look at the slowest routes, then at the database's time by operation
    and table, where a missing index stands out; then at Redis and at the calls that go out. It
    takes more slow requests than chance brings; where no bucket ends at the objective, as many
    requests as the percentile needs, a hundred in five minutes for P99.
    """
    for objective in list_objectives(service):
        if objective.seconds is None or objective.concept:
            continue
        yield from build_percentile_rules(
            service,
            objective,
            NAME,
            panel=latency.percentiles,
            summary=f"{format_percentile(objective.target)} of {escape_template(service.name)} is "
            f"{DURATION_TEMPLATE}",
            complaint="takes longer than",
            advice="Look first at the slowest routes, then at the database by operation and table, "
            "then at the Redis and the calls downstream.",
        )
