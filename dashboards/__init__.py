"""What one dashboard is: rows of panels, what surrounds them, and the document of it."""

from tailboard.dashboards import annotations, links, variables
from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.document import Document, document, written
from tailboard.dashboards.passes.source import folder_of

__all__ = [
    "Dashboard",
    "Document",
    "Row",
    "annotations",
    "document",
    "folder_of",
    "links",
    "variables",
    "written",
]
