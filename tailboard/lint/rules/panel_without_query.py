"""A panel that draws data and has no query: it says "No data" for ever.

Texts, lists and rows need none, nor do library panels and those that reuse another panel's data.

Bad: `"targets": []`
Good: `"targets": [{"expr": "up", "refId": "A", "legendFormat": "{{job}}"}]`

Exclude it where a plugin's panel brings its own data.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel

DATA_PANELS = {
    *("barchart", "bargauge", "candlestick", "gauge", "graph", "heatmap", "histogram", "piechart"),
    *("singlestat", "stat", "state-timeline", "status-history", "table", "table-old"),
    *("timeseries", "trend", "xychart"),
}
"""Grafana's own panels that draw what queries return."""


EMPTY_WITHOUT_QUERY = {"loki", "prometheus"}
"""Data sources of which the empty query, Grafana's for a panel without `targets`, gives nothing."""


def _check_panel(panel: Panel) -> Problems:
    is_drawn = panel.json.get("type") in DATA_PANELS and not panel.json.get("libraryPanel")
    if not is_drawn or panel.json.get("targets"):
        return
    source = panel.json.get("datasource")
    source_type = source.get("type") if isinstance(source, dict) else None
    if panel.json.get("targets") is not None or source_type in EMPTY_WITHOUT_QUERY:
        yield "it has no query", "give it one, or take it away."


RULE = LintRule(
    "panel-without-query",
    "error",
    "a panel without a query",
    __doc__,
    check_panel=_check_panel,
)
