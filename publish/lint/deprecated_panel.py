"""A panel type that Grafana has replaced or removed.

Bad: `"type": "graph"`
Good: `"type": "timeseries"`
"""

from publish.linting import LintRule, Said
from publish.subject import Panel

REPLACED = {
    "graph": "timeseries",
    "singlestat": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
    "heatmap-old": "heatmap",
    "natel-discrete-panel": "state-timeline",
}


def _of_panel(panel: Panel) -> Said:
    found = str(panel.plain.get("type"))
    if found in REPLACED:
        yield f"Grafana has replaced the panel type {found}", f"use {REPLACED[found]}."


RULE = LintRule(
    "deprecated-panel",
    "error",
    "a panel type that is gone",
    __doc__,
    of_panel=_of_panel,
)
