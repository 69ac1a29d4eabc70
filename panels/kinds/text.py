"""Words: what a row is for, what to do first."""

from grafanalib.core import GridPos, Text

from tailboard.panels.kinds.size import flowing


def text(title: str, markdown: str, *, size: GridPos | None = None) -> Text:
    """Markdown on the dashboard itself.

    https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/text/
    """
    return Text(
        title=title,
        content=markdown,
        gridPos=size or flowing(24, 3),
        maxDataPoints=None,
    )
