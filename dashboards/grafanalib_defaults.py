"""What grafanalib writes into a panel where its user set nothing."""

from typing import Any

Panel = dict[str, Any]

PANEL_DEFAULTS: Panel = {"maxDataPoints": 100}
"""100 points, also on a screen of 2,000 pixels."""

QUERY_DEFAULTS: Panel = {
    "format": "time_series",
    "hide": False,
    "instant": False,
    "intervalFactor": 2,
    "step": 10,
}


def strip_grafanalib_defaults(panel: Panel) -> None:
    """Remove the defaults of grafanalib from a panel and its queries, in place."""
    for element, defaults in (
        (panel, PANEL_DEFAULTS),
        *((query, QUERY_DEFAULTS) for query in panel.get("targets") or [] if type(query) is dict),
    ):
        for key, value in defaults.items():
            if element.get(key) == value:
                del element[key]
