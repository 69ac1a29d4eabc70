"""The defaults of Grafana's own panel types.

Read in Grafana 12.4.0 from the plugins as the browser had loaded them: whenever somebody saves a
dashboard, the browser writes all of this into the panels that it has shown. A type that is not
here has no defaults of its own.
"""

from typing import Any

from tailboard.publish.grafana.documents.panel_defaults.fields import FIELD_DEFAULTS
from tailboard.publish.grafana.documents.panel_defaults.options import OPTION_DEFAULTS

Document = dict[str, Any]

BASE_FIELD_DEFAULTS: Document = {"custom": {}, "mappings": [], "thresholds": {"mode": "absolute"}}
BASE_PANEL_DEFAULTS: Document = {
    "description": "",
    "fieldConfig": {"defaults": BASE_FIELD_DEFAULTS, "overrides": []},
    "links": [],
    "options": {},
    "targets": [{"refId": "A"}],
    "transformations": [],
    "transparent": False,
}


def find_panel_defaults(kind: str) -> Document:
    """The fields that the browser writes into a panel of a type that has none of them."""
    return PANEL_DEFAULTS.get(kind, BASE_PANEL_DEFAULTS)


def _build_panel_defaults(kind: str) -> Document:
    field_config = {
        "defaults": {**BASE_FIELD_DEFAULTS, **FIELD_DEFAULTS.get(kind, {})},
        "overrides": [],
    }
    return {
        **BASE_PANEL_DEFAULTS,
        "fieldConfig": field_config,
        "options": OPTION_DEFAULTS.get(kind, {}),
    }


PANEL_DEFAULTS: dict[str, Document] = {
    kind: _build_panel_defaults(kind) for kind in sorted({*FIELD_DEFAULTS, *OPTION_DEFAULTS})
}
