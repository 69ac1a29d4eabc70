"""One large number."""

from collections.abc import Sequence
from typing import Any

from grafanalib.core import GridPos, Stat

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target
from tailboard.panels.style import GOOD, NEUTRAL, Thresholds, build_threshold_steps


def stat(
    title: str,
    queries: Sequence[Query],
    *,
    description: str,
    unit: str,
    thresholds: Thresholds = (),
    base: str = "",
    decimals: int | None = None,
    no_value: str = "no data",
    size: GridPos | None = None,
) -> Stat:
    """The latest value, coloured by its thresholds, over a faint line of its past.

    `base` is the colour below every threshold: green where there are thresholds, else blue.
    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/stat/
    """
    field_defaults: dict[str, Any] = {"color": {"mode": "thresholds"}}
    return Stat(
        title=title,
        description=description,
        targets=[build_target(query) for query in queries],
        format=unit,
        decimals=decimals,
        thresholds=build_threshold_steps(thresholds, base or (GOOD if thresholds else NEUTRAL)),
        noValue=no_value,
        reduceCalc="lastNotNull",
        textMode="value" if len(queries) == 1 else "auto",
        gridPos=size or grid_size(4, 4),
        maxDataPoints=None,
        extraJson={"fieldConfig": {"defaults": field_defaults}},
    )
