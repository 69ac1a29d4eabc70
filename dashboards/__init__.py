"""Dashboards: rows of panels with variables, links and annotations, and their documents."""

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
