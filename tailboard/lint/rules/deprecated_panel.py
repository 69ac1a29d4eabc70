"""A panel type that Grafana has replaced or removed.

Bad: `"type": "graph"`
Good: `"type": "timeseries"`

Exclude it where an old Grafana that still has the type is the only one that loads the dashboard.
"""

from copy import deepcopy
from typing import Any

from tailboard.dashboards.passes.check import check_panel
from tailboard.dashboards.passes.modernize.panel import find_conversion, modernize_fields
from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import Panel, convert_panels

SUCCESSORS = {
    "graph": "timeseries",
    "singlestat": "stat",
    "table-old": "table",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
    "heatmap-old": "heatmap",
    "natel-discrete-panel": "state-timeline",
}


def _check_panel(panel: Panel) -> Problems:
    panel_type = str(panel.json.get("type"))
    if panel_type in SUCCESSORS:
        yield f"Grafana has replaced the panel type {panel_type}", f"use {SUCCESSORS[panel_type]}."


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    return convert_panels(document, _convert_panel)


def _convert_panel(panel: dict[str, Any]) -> dict[str, Any]:
    """The panel of its type's successor; unchanged where it has no successor or a wrong shape."""
    convert = find_conversion(panel.get("type"))
    if convert is None:
        return panel
    try:
        check_panel(panel)
        successor = convert(deepcopy(panel))
        modernize_fields(successor)
    except DefinitionError:
        return panel
    return successor


RULE = LintRule(
    "deprecated-panel",
    "error",
    "a panel type that is gone",
    __doc__,
    check_panel=_check_panel,
    fix=_fix_document,
)
