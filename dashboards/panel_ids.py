"""The ids that a dashboard's panels will have, for links and alerts that point to them."""

from typing import Any

from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.passes.number import number_panels


def find_panel_ids(dashboard: Dashboard) -> dict[str, int]:
    """The id of each panel by its title; of several with one title, the first."""
    rows: list[dict[str, Any]] = [
        {
            "panels": [
                {"id": getattr(panel, "id", None), "title": getattr(panel, "title", "")}
                for panel in row.panels
            ],
            "title": row.heading,
            "type": "row",
        }
        for row in dashboard.rows
    ]
    number_panels(rows)
    panels = [panel for row in rows for panel in row["panels"]]
    return {panel["title"]: panel["id"] for panel in reversed(panels)}
