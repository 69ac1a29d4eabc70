"""Lines that are called after all their labels: nobody sees whose line it is.

Good: `"legendFormat": "{{endpoint}} P99"`
"""

from publish.linting import LintRule, Said
from publish.subject import Panel

LINES = {"timeseries", "graph", "barchart"}


def _of_panel(panel: Panel) -> Said:
    if panel.plain.get("type") not in LINES:
        return
    for query in panel.queries:
        if str(query.target.get("legendFormat") or "") in {"", "__auto"}:
            yield f"the query {query.place.query} has no legend", "name the line by its labels."


RULE = LintRule(
    "missing-legend",
    "warning",
    "lines without a legend",
    __doc__,
    of_panel=_of_panel,
)
