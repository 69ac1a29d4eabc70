"""Lines that are called after all their labels: nobody sees whose line it is.

Bad: `"legendFormat": "__auto"`
Good: `"legendFormat": "{{endpoint}} P99"`

Exclude it where the labels are few, and all of them are wanted.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.queries.subject import Panel

LINE_PANELS = {"timeseries", "graph", "barchart"}
DEFAULT_LEGENDS = (None, "", "__auto")


def _check_panel(panel: Panel) -> Problems:
    if panel.json.get("type") not in LINE_PANELS:
        return
    ref_ids = [
        query.place.query
        for query in panel.queries
        if query.target.get("legendFormat") in DEFAULT_LEGENDS
    ]
    if ref_ids:
        subject = (
            f"query {ref_ids[0]} has" if len(ref_ids) == 1 else f"queries {', '.join(ref_ids)} have"
        )
        yield f"the {subject} no legend", "name the lines by their labels."


RULE = LintRule(
    "missing-legend",
    "note",
    "lines without a legend",
    __doc__,
    check_panel=_check_panel,
)
