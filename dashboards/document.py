"""From a dashboard to the document that Grafana stores: six passes, one file each.

A document of schema v2 is only checked: Grafana wrote it, and it goes out unchanged.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.panel_cache import read_panel
from tailboard.dashboards.passes.check import check_document
from tailboard.dashboards.passes.modernize import modernize_document
from tailboard.dashboards.passes.number import number_panels
from tailboard.dashboards.passes.place import place_panels
from tailboard.dashboards.passes.read import read_dashboard
from tailboard.dashboards.passes.stamp import stamp_document
from tailboard.dashboards.schema_v2.resource import build_resource, is_v2_document
from tailboard.dashboards.uid import derive_uid, validate_uid
from tailboard.panels.definition_error import (
    DEPTH_PROBLEM,
    DEPTH_TIP,
    DefinitionError,
    locate_errors,
)

if TYPE_CHECKING:
    from tailboard.dashboards.schema_v2.row_layout import RowLayout

Document = dict[str, Any]

JSON_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def build_document(dashboard: object, *, alert_panels: list[Document] | None = None) -> Document:
    """The document of a tailboard dashboard, a grafanalib dashboard or a dashboard's JSON.

    The same dashboard always gives the same document: nothing depends on the clock, on random
    numbers or on the order of a set. Raises `DefinitionError`.

    The alert of a panel, which Grafana 11 removed, is not in the document: the panels that had one
    are appended to `alert_panels` in the form in which they were read.
    """
    document = read_dashboard(dashboard, read_panel)
    with locate_errors(f"dashboard {document['title']!r}"):
        if is_v2_document(document):
            from tailboard.dashboards.schema_v2.check import check_v2_document

            check_v2_document(document)
            document["uid"] = validate_uid(
                document.get("uid") or derive_uid(document["title"]), document["title"]
            )
            return document
        check_document(document)
        if alert_panels is not None:
            alert_panels += _list_alert_panels(document)
        modernize_document(document)
        place_panels(document["panels"])
        number_panels(document["panels"])
        stamp_document(document)
    return document


def list_row_layouts(dashboard: object) -> tuple["RowLayout", ...]:
    """How schema v2 lays out the rows of a tailboard dashboard that have a heading.

    Nothing for another dashboard, and for one that schema v1 can lay out as well.
    """
    if not isinstance(dashboard, Dashboard) or not any(row.is_v2_only for row in dashboard.rows):
        return ()
    from tailboard.dashboards.schema_v2.row_layout import RowLayout

    return tuple(
        RowLayout(
            "" if row.title == row.tab and not row.collapsed else row.title,
            row.tab,
            collapsed=row.collapsed,
            auto_grid=row.auto_grid,
            hide_empty=row.hide_empty,
        )
        for row in dashboard.rows
        if row.has_heading
    )


def _list_alert_panels(holder: Document) -> Iterator[Document]:
    """The panels with an alert in a document, a row or a panel, at any depth."""
    for panel in holder.get("panels") or []:
        if panel.get("alert"):
            yield panel
        if panel.get("panels"):
            yield from _list_alert_panels(panel)
    for row in holder.get("rows") or []:
        yield from _list_alert_panels(row)


def encode_document(document: Document) -> bytes:
    """The document as the bytes of a file: sorted, indented, with a newline at the end."""
    return _encode_json(document, document["title"])


def encode_resource(document: Document) -> bytes:
    """The resource of a document of schema v2 as the bytes of a file."""
    return _encode_json(build_resource(document), document["title"])


def _encode_json(content: Document, title: str) -> bytes:
    try:
        return orjson.dumps(content, option=JSON_OPTIONS)
    except (TypeError, ValueError) as error:
        if "Recursion limit" in str(error):
            raise DefinitionError(DEPTH_PROBLEM, tip=DEPTH_TIP) from error
        raise DefinitionError(
            f"the dashboard {title!r} cannot be written as JSON: {error}",
            tip="use strings of valid Unicode and numbers of at most 64 bits.",
        ) from error
