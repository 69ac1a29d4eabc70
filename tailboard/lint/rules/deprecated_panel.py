"""A panel type that Grafana has replaced or removed.

Bad: `"type": "graph"`
Good: `"type": "timeseries"`
"""

from copy import deepcopy
from typing import Any

from tailboard.dashboards.passes.angular import CONVERSIONS
from tailboard.dashboards.passes.fields import modernise_fields
from tailboard.dashboards.passes.shape import check_fields
from tailboard.lint.linting import LintRule, Said
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import Panel, with_panels

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


def _fix(document: dict[str, Any]) -> dict[str, Any]:
    return with_panels(document, _converted)


def _converted(panel: dict[str, Any]) -> dict[str, Any]:
    """The panel as the successor of its type draws it; what is not understood stays as it is."""
    convert = CONVERSIONS.get(str(panel.get("type")))
    if convert is None:
        return panel
    try:
        check_fields(panel, old=True)
        made = convert(deepcopy(panel))
        modernise_fields(made)
    except DefinitionError:
        return panel
    return made


RULE = LintRule(
    "deprecated-panel",
    "error",
    "a panel type that is gone",
    __doc__,
    of_panel=_of_panel,
    fix=_fix,
)
