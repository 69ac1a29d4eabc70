"""An open row that holds panels, which Grafana does not draw.

The panels of a collapsed row are in the row; those of an open row follow it in the dashboard's
list. `--fix` moves them there, as `tailboard build` does.

Bad: `"collapsed": false`, on a row with panels in it
Good: `"collapsed": true`, on that row

There is no reason to exclude it.
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import JsonMapping, Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for panel in subject.json.get("panels") or []:
        if _is_open_row_with_panels(panel):
            count = len(panel["panels"])
            yield (
                f"the open row {str(panel.get('title') or '')!r} holds "
                f"{count} panel{'' if count == 1 else 's'}, which Grafana does not draw",
                "move them out of the row, to the place after it in the list of panels.",
                subject.place,
            )


def _fix_document(document: dict[str, Any]) -> dict[str, Any]:
    """The panels of an open row follow it; their places stay."""
    if not any(map(_is_open_row_with_panels, document.get("panels") or [])):
        return document
    panels: list[Any] = []
    for panel in document["panels"]:
        if _is_open_row_with_panels(panel):
            panels += [{**panel, "panels": []}, *panel["panels"]]
        else:
            panels.append(panel)
    return {**document, "panels": panels}


def _is_open_row_with_panels(panel: JsonMapping) -> bool:
    return panel.get("type") == "row" and not panel.get("collapsed") and bool(panel.get("panels"))


RULE = LintRule(
    "panels-in-open-row",
    "error",
    "an open row that holds panels",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
