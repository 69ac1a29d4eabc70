"""A query: PromQL plus legend, and the grafanalib target that carries it."""

from dataclasses import dataclass
from typing import Literal

from grafanalib.core import Target

from tailboard.panels import promql

Format = Literal["time_series", "table", "heatmap"]


@dataclass(frozen=True)
class Query:
    """What a panel asks: an expression, and how its lines are called.

    `legend` may use labels: `{{endpoint}} P99`.
    """

    expression: str
    legend: str = ""


def build_target(
    query: Query, target_format: Format = "time_series", *, is_instant: bool = False
) -> Target:
    """The query as grafanalib writes it; the document passes name it (`A`, `B`, ...)."""
    return Target(
        expr=promql.strip_parentheses(query.expression),
        legendFormat=query.legend or "__auto",
        format=target_format,
        instant=is_instant,
    )
