"""A query: PromQL plus legend, and the grafanalib target that carries it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal

import attr
from grafanalib.core import Target

from tailboard.panels import promql

Format = Literal["time_series", "table", "heatmap"]

AUTOMATIC_LEGEND = "__auto"
"""Grafana names a line after the labels in which it differs from the others."""


@dataclass(frozen=True)
class Query:
    """A query: an expression, and the legend of its lines.

    `legend` may use labels: `{{endpoint}} P99`. Where it is empty, Grafana names a line after the
    labels in which it differs from the others; where it is None, after the metric and all labels.

    `instant` reads the latest value alone. `interval` is the least step, such as `1m`, and
    `interval_factor` what Grafana multiplies the step by. `ref_id` is the name by which a
    transformation, an expression or an alert reads the results; A, B and so on without one. `extra`
    holds further fields of the query's JSON. A table has no legends.
    """

    expression: str
    legend: str | None = ""
    _: KW_ONLY
    format: Format | None = None
    instant: bool = False
    interval: str = ""
    interval_factor: int | None = None
    exemplar: bool = False
    hide: bool = False
    ref_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json_data(self) -> dict[str, Any]:
        """The query's JSON, by which it is a target of any panel of grafanalib."""
        has_legend = self.legend or (self.legend == "" and self.format != "table")
        legend = {"legendFormat": self.legend or AUTOMATIC_LEGEND} if has_legend else {}
        return {"expr": self.expression, **legend, **build_query_fields(self)}


@attr.s
class QueryTarget(Target):  # type: ignore[misc]  # grafanalib has no types
    """A target with fields that grafanalib has not, or has a default of its own for."""

    fields: dict[str, Any] = attr.ib(factory=dict)

    def to_json_data(self) -> dict[str, Any]:
        """The target's JSON."""
        return {**super().to_json_data(), **self.fields}


def build_query_fields(query: Query) -> dict[str, Any]:
    """What a query says beside its expression and its legend, as fields of its JSON."""
    fields = {
        "format": query.format,
        "instant": query.instant,
        "interval": query.interval,
        "intervalFactor": query.interval_factor,
        "exemplar": query.exemplar,
        "hide": query.hide,
        "refId": query.ref_id,
    }
    return {**{name: value for name, value in fields.items() if value}, **query.extra}


def build_target(
    query: Query, target_format: Format = "time_series", *, is_instant: bool = False
) -> Target:
    """The query as a grafanalib target; the document passes give it a refId (`A`, `B`, ...)."""
    arguments = {
        "expr": promql.strip_parentheses(query.expression),
        "legendFormat": "" if query.legend is None else query.legend or AUTOMATIC_LEGEND,
        "format": target_format,
        "instant": is_instant,
    }
    fields = build_query_fields(query)
    return QueryTarget(**arguments, fields=fields) if fields else Target(**arguments)
