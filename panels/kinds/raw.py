"""A panel of any kind, also a plugin's, as its JSON: only what differs from the kind's defaults."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from grafanalib.core import GridPos

from tailboard.panels.query import Query
from tailboard.panels.style import GOOD, Thresholds, build_threshold_steps

JsonObject = Mapping[str, Any]
ThresholdMode = Literal["absolute", "percentage"]
"""Whether thresholds are values, or percentages between `min` and `max` of the fields."""


def raw(
    kind: str,
    title: str,
    queries: Sequence[Query | str | JsonObject] = (),
    *,
    description: str = "",
    unit: str = "",
    thresholds: Thresholds | None = None,
    threshold_mode: ThresholdMode = "absolute",
    base: str = GOOD,
    fields: JsonObject | None = None,
    custom: JsonObject | None = None,
    overrides: Sequence[JsonObject] = (),
    options: JsonObject | None = None,
    transformations: Sequence[JsonObject] = (),
    size: GridPos | None = None,
    extra: JsonObject | None = None,
) -> dict[str, Any]:
    """A panel in Grafana's own look: what is not given is what Grafana does by default.

    `kind` is Grafana's name of it, such as `barchart`. A query is a `Query`, PromQL without a
    legend, or JSON of another data source. `fields` are the standard options of its values,
    `custom` those of this kind of panel, `overrides` both for single series. An empty list of
    thresholds leaves the `base` colour alone; without one Grafana draws red from 80 on. `extra`
    holds further fields of the panel's JSON, such as `repeat` or `maxDataPoints`.
    https://grafana.com/docs/grafana/latest/panels-visualizations/
    """
    defaults: dict[str, Any] = dict(fields or {})
    if unit:
        defaults["unit"] = unit
    if thresholds is not None:
        defaults["thresholds"] = {
            "mode": threshold_mode,
            "steps": build_threshold_steps(thresholds, base),
        }
    if custom:
        defaults["custom"] = dict(custom)
    parts: dict[str, Any] = {
        "title": title,
        "description": description,
        "targets": [_build_target(query) for query in queries],
        "fieldConfig": {
            **({"defaults": defaults} if defaults else {}),
            **({"overrides": list(overrides)} if overrides else {}),
        },
        "options": dict(options or {}),
        "transformations": list(transformations),
    }
    if size is not None:
        parts["gridPos"] = {"h": size.h, "w": size.w, "x": size.x, "y": size.y}
    used_parts = {name: part for name, part in parts.items() if part not in ("", [], {})}
    return {"type": kind, **used_parts, **(extra or {})}


def _build_target(query: Query | str | JsonObject) -> dict[str, Any]:
    """The JSON of a query."""
    if isinstance(query, str):
        return {"expr": query}
    return query.to_json_data() if isinstance(query, Query) else dict(query)
