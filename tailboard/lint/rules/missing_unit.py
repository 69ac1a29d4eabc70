"""Numbers without a unit: seconds or milliseconds, a ratio or percent.

Who reads 0.2 on a panel guesses, and Grafana cannot write 200 ms. An override's unit is one too.

Bad: `"fieldConfig": {"defaults": {}}`
Good: `"fieldConfig": {"defaults": {"unit": "s"}}`, or percentunit, or short for plain numbers
"""

from typing import Any

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.subject import Panel

NUMBERS = {"timeseries", "stat", "gauge", "bargauge", "barchart"}


def _of_panel(panel: Panel) -> Said:
    if panel.plain.get("type") in NUMBERS and panel.queries and not _units(panel):
        yield "its numbers have no unit", "choose one; short is for plain numbers."


def _units(panel: Panel) -> list[Any]:
    fields = panel.plain.get("fieldConfig") or {}
    overridden = [
        it.get("value")
        for override in fields.get("overrides") or []
        for it in override.get("properties") or []
        if it.get("id") == "unit"
    ]
    return [it for it in ((fields.get("defaults") or {}).get("unit"), *overridden) if it]


RULE = LintRule(
    "missing-unit",
    "warning",
    "numbers without a unit",
    __doc__,
    of_panel=_of_panel,
)
