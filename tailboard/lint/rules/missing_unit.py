"""Numbers without a unit: seconds or milliseconds, a ratio or percent.

Who reads 0.2 on a panel guesses, and Grafana cannot write 200 ms. An override's unit is one too.

Bad: `"fieldConfig": {"defaults": {}}`
Good: `"fieldConfig": {"defaults": {"unit": "s"}}`, or percentunit, or short for plain numbers
"""

from typing import Any

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel

NUMBER_PANELS = {"timeseries", "stat", "gauge", "bargauge", "barchart"}


def _check_panel(panel: Panel) -> Problems:
    if panel.json.get("type") in NUMBER_PANELS and panel.queries and not _list_units(panel):
        yield "its numbers have no unit", "choose one; short is for plain numbers."


def _list_units(panel: Panel) -> list[Any]:
    fields = panel.json.get("fieldConfig") or {}
    override_units = [
        entry.get("value")
        for override in fields.get("overrides") or []
        for entry in override.get("properties") or []
        if entry.get("id") == "unit"
    ]
    return [unit for unit in ((fields.get("defaults") or {}).get("unit"), *override_units) if unit]


RULE = LintRule(
    "missing-unit",
    "warning",
    "numbers without a unit",
    __doc__,
    check_panel=_check_panel,
)
