"""Dashboards: rows of panels with variables, links and annotations, and their documents.

Names are imported when they are used: not all that read them need grafanalib.
"""

from typing import TYPE_CHECKING

from tailboard.panels.lazy_names import build_lazy_getattr

if TYPE_CHECKING:
    from tailboard.dashboards import annotations, links, variables
    from tailboard.dashboards.dashboard import Dashboard, Row
    from tailboard.dashboards.document import Document, build_document, encode_document
    from tailboard.dashboards.passes.read import read_folder

__all__ = [
    "Dashboard",
    "Document",
    "Row",
    "annotations",
    "build_document",
    "encode_document",
    "links",
    "read_folder",
    "variables",
]

SOURCES = {
    "Dashboard": "dashboard",
    "Document": "document",
    "Row": "dashboard",
    "annotations": "annotations",
    "build_document": "document",
    "encode_document": "document",
    "links": "links",
    "read_folder": "passes.read",
    "variables": "variables",
}
"""The module that defines each name."""

__getattr__ = build_lazy_getattr("tailboard.dashboards", SOURCES)
