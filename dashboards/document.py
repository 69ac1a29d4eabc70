"""From a dashboard to the document that Grafana stores: a short list of plain passes."""

from typing import Any

import orjson

from tailboard.dashboards.passes.layout import place
from tailboard.dashboards.passes.modern import modernise
from tailboard.dashboards.passes.numbering import number
from tailboard.dashboards.passes.source import document_of
from tailboard.dashboards.uid import checked_uid, derived_uid
from tailboard.panels.definition_error import DefinitionError, inside

Document = dict[str, Any]

TAG = "tailboard"
"""Every document carries it: what a search in Grafana finds, and what links lead to."""

JSON_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def document(dashboard: object) -> Document:
    """The document of a dashboard of ours, of grafanalib's, or of a dashboard's JSON.

    The same dashboard always gives the same document: nothing depends on the clock, on chance or
    on the order of a set.
    """
    made = document_of(dashboard)
    with inside(f"dashboard {made['title']!r}"):
        modernise(made)
        place(made["panels"])
        number(made["panels"])
        _tidy(made["panels"])
        _stamp(made)
    return made


def written(made: Document) -> bytes:
    """The document as it goes to a file: sorted, indented, with a newline at the end."""
    try:
        return orjson.dumps(made, option=JSON_FORM)
    except (TypeError, ValueError) as error:
        raise DefinitionError(
            f"the dashboard {made['title']!r} cannot be written as JSON: {error}",
            tip="use strings of valid Unicode and numbers of at most 64 bits.",
        ) from error


def _tidy(panels: list[Document]) -> None:
    """Take away what only the layout needed."""
    for panel in panels:
        panel.pop("span", None)
        panel.pop("height", None)
        _tidy(panel.get("panels") or [])


def _stamp(made: Document) -> None:
    """What every document has, whoever made it: a uid, tags, a time zone."""
    made["uid"] = checked_uid(made.get("uid") or derived_uid(made["title"]), made["title"])
    made["tags"] = sorted({*(made.get("tags") or []), TAG})
    made.setdefault("editable", True)
    made.setdefault("graphTooltip", 0)
    made.setdefault("time", {"from": "now-1h", "to": "now"})
    made.setdefault("timezone", "browser")
