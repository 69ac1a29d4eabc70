"""A query: PromQL plus legend, and the grafanalib target that carries it."""

from dataclasses import dataclass
from typing import Literal

from grafanalib.core import Target

from tailboard.panels import promql

Format = Literal["time_series", "table", "heatmap"]


@dataclass(frozen=True)
class Query:
    """A query: an expression, and the legend of its lines.

    `legend` may use labels: `{{endpoint}} P99`.
    """

    expression: str
    legend: str = ""


def build_target(
    query: Query, target_format: Format = "time_series", *, is_instant: bool = False
) -> Target:
    """The query as a grafanalib target; the document passes give it a refId (`A`, `B`, ...)."""
    return Target(
        expr=promql.strip_parentheses(query.expression),
        legendFormat=query.legend or "__auto",
        format=target_format,
        instant=is_instant,
    )
