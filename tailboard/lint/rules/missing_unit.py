"""Numbers without a unit: seconds or milliseconds, a ratio or percent.

Who reads 0.2 on a panel guesses, and Grafana cannot write 200 ms. An override's unit is one too.
Where no panel of a dashboard has one, it is reported once.

Bad: `"fieldConfig": {"defaults": {}}`
Good: `"fieldConfig": {"defaults": {"unit": "s"}}`, or percentunit, or short for plain numbers

Exclude it for dashboards that others maintain.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule, merge_common_problem
from tailboard.queries.subject import Panel, Subject

TIP = "choose one; short is for plain numbers."

NUMBER_PANELS = {"timeseries", "stat", "gauge", "bargauge", "barchart"}


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    panels = [
        panel
        for panel in subject.panels
        if panel.json.get("type") in NUMBER_PANELS and panel.queries
    ]
    places = [panel.place for panel in panels if not _list_units(panel)]
    problems = ("its numbers have no unit", "the numbers of all {count} panels have no unit")
    yield from merge_common_problem(places, len(panels), problems, TIP)


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
    check_document=_check_document,
)
