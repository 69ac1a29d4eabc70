"""What one dashboard is: rows of panels, what surrounds them, and the document of it."""

from dashboards import annotations, links, variables
from dashboards.dashboard import Dashboard, Row
from dashboards.document import Document, document, written
from dashboards.passes.source import folder_of

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
