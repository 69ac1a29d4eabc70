"""From a dashboard to the document that Grafana stores: a short list of plain passes."""

from typing import Any

import orjson

from tailboard.dashboards.passes.modernize import modernize_document
from tailboard.dashboards.passes.number import number_panels
from tailboard.dashboards.passes.place import place_panels
from tailboard.dashboards.passes.read import read_dashboard
from tailboard.dashboards.uid import derive_uid, validate_uid
from tailboard.panels.definition_error import DefinitionError, locate_errors

Document = dict[str, Any]

TAG = "tailboard"
"""Every document carries it: what a search in Grafana finds, and what links lead to."""

JSON_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def build_document(dashboard: object) -> Document:
    """The document of a dashboard of ours, of grafanalib's, or of a dashboard's JSON.

    The same dashboard always gives the same document: nothing depends on the clock, on chance or
    on the order of a set.
    """
    document = read_dashboard(dashboard)
    with locate_errors(f"dashboard {document['title']!r}"):
        modernize_document(document)
        place_panels(document["panels"])
        number_panels(document["panels"])
        _drop_row_sizes(document["panels"])
        _stamp_document(document)
    return document


def encode_document(document: Document) -> bytes:
    """The document as it goes to a file: sorted, indented, with a newline at the end."""
    try:
        return orjson.dumps(document, option=JSON_OPTIONS)
    except (TypeError, ValueError) as error:
        raise DefinitionError(
            f"the dashboard {document['title']!r} cannot be written as JSON: {error}",
            tip="use strings of valid Unicode and numbers of at most 64 bits.",
        ) from error


def _drop_row_sizes(panels: list[Document]) -> None:
    """Take away what only the layout needed."""
    for panel in panels:
        panel.pop("span", None)
        panel.pop("height", None)
        _drop_row_sizes(panel.get("panels") or [])


def _stamp_document(document: Document) -> None:
    """What every document has, whoever made it: a uid, tags, a time zone."""
    document["uid"] = validate_uid(
        document.get("uid") or derive_uid(document["title"]), document["title"]
    )
    document["tags"] = sorted({*(document.get("tags") or []), TAG})
    document.setdefault("editable", True)
    document.setdefault("graphTooltip", 0)
    document.setdefault("time", {"from": "now-1h", "to": "now"})
    document.setdefault("timezone", "browser")
