"""A place of a layout whose panel the dashboard does not have: Grafana cannot draw it.

Only a dashboard of schema v2 has both, `elements` and the `layout` that names them.

Bad: `{"kind": "ElementReference", "name": "panel-7"}`, and no `panel-7` in `elements`
Good: the same with `"panel-7": {"kind": "Panel", ...}` in `elements`

There is no reason to exclude it.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    if subject.schema_v2 is None:
        return
    from tailboard.dashboards.schema_v2.layout import list_missing_elements

    for item in list_missing_elements(subject.schema_v2):
        place = item.describe_place()
        yield (
            f"the layout{f' of {place}' if place else ''} places {item.element!r}, "
            "which is not in elements",
            "take the place out of the layout, or bring the panel back.",
            subject.place,
        )


RULE = LintRule(
    "missing-element",
    "error",
    "a place of a layout without its panel",
    __doc__,
    check_document=_check_document,
)
