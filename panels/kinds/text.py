"""Markdown text on a dashboard."""

from grafanalib.core import GridPos, Text

from tailboard.panels.kinds.size import grid_size


def text(title: str, markdown: str, *, size: GridPos | None = None) -> Text:
    """Markdown on the dashboard itself.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/text/
    """
    return Text(
        title=title,
        content=markdown,
        gridPos=size or grid_size(24, 3),
        maxDataPoints=None,
    )
