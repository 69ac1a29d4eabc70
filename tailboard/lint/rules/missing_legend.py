"""Lines that are called after all their labels: nobody sees whose line it is.

Bad: `"legendFormat": "__auto"`
Good: `"legendFormat": "{{endpoint}} P99"`
"""

from tailboard.lint.linting import LintRule, Said
from tailboard.queries.subject import Panel

LINES = {"timeseries", "graph", "barchart"}
UNNAMED = (None, "", "__auto")


def _of_panel(panel: Panel) -> Said:
    if panel.plain.get("type") not in LINES:
        return
    bare = [it.place.query for it in panel.queries if it.target.get("legendFormat") in UNNAMED]
    if bare:
        which = f"query {bare[0]} has" if len(bare) == 1 else f"queries {', '.join(bare)} have"
        yield f"the {which} no legend", "name the lines by their labels."


RULE = LintRule(
    "missing-legend",
    "warning",
    "lines without a legend",
    __doc__,
    of_panel=_of_panel,
)
