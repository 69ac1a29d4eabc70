"""How long a state lasted, one row for each series."""

from collections.abc import Mapping

from grafanalib.core import GridPos, StateTimeline

from tailboard.panels.kinds.size import grid_size
from tailboard.panels.query import Query, build_target


def state_timeline(
    title: str,
    query: Query,
    *,
    description: str,
    states: Mapping[int, tuple[str, str]],
    size: GridPos | None = None,
) -> StateTimeline:
    """Coloured bars; `states` maps a value to its text and colour.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/state-timeline/
    """
    value_mapping = {
        str(value): {"color": color, "index": index, "text": text}
        for index, (value, (text, color)) in enumerate(states.items())
    }
    return StateTimeline(
        title=title,
        description=description,
        targets=[build_target(query)],
        mappings=[{"type": "value", "options": value_mapping}],
        colorMode="fixed",
        showValue="never",
        tooltipMode="multi",
        gridPos=size or grid_size(8, 9),
        maxDataPoints=None,
        extraJson={"fieldConfig": {"defaults": {"custom": {"fillOpacity": 80}}}},
    )
