"""A data source by name or by a fixed uid: the dashboard works on one Grafana only.

Bad: `"datasource": "Prometheus"`, `"datasource": {"uid": "PBFA97CFB590B2093"}`
Good: `"datasource": {"type": "prometheus", "uid": "${datasource}"}`
"""

from collections.abc import Mapping
from typing import Any

from publish.linting import LintRule, Said
from publish.subject import Panel

INTERNAL = {"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana"}


def _of_panel(panel: Panel) -> Said:
    named = [panel.plain.get("datasource"), *(it.get("datasource") for it in _targets(panel))]
    fixed = {_uid(it) for it in named if it} - INTERNAL
    for uid in sorted(it for it in fixed if it and "$" not in it):
        yield (
            f"the data source {uid!r} is fixed",
            'use the variable: {"type": "prometheus", "uid": "${datasource}"}.',
        )


def _targets(panel: Panel) -> list[Any]:
    return list(panel.plain.get("targets") or [])


def _uid(source: Any) -> str:
    return str(source.get("uid", "") if isinstance(source, Mapping) else source)


RULE = LintRule(
    "fixed-data-source",
    "error",
    "a data source by name or fixed uid",
    __doc__,
    of_panel=_of_panel,
)
