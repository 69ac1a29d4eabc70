"""What Grafana's own kinds of panel do where a panel says nothing.

Read in Grafana 12.4.0 from the plugins as the browser had loaded them: whenever somebody saves a
dashboard, the browser writes all of this into the panels that it has shown. A kind that is not
here writes nothing of its own.
"""

from typing import Any

from tailboard.publish.grafana.panel_defaults.fields import FIELDS
from tailboard.publish.grafana.panel_defaults.options import OPTIONS

Document = dict[str, Any]

ANY_FIELDS: Document = {"custom": {}, "mappings": [], "thresholds": {"mode": "absolute"}}
OF_ANY_KIND: Document = {
    "description": "",
    "fieldConfig": {"defaults": ANY_FIELDS, "overrides": []},
    "links": [],
    "options": {},
    "transformations": [],
    "transparent": False,
}


def defaults_of(kind: str) -> Document:
    """A panel of a kind that says nothing, with all that it says when the browser has saved it."""
    return PANEL_DEFAULTS.get(kind, OF_ANY_KIND)


def _panel(kind: str) -> Document:
    config = {"defaults": {**ANY_FIELDS, **FIELDS.get(kind, {})}, "overrides": []}
    return {**OF_ANY_KIND, "fieldConfig": config, "options": OPTIONS.get(kind, {})}


PANEL_DEFAULTS: dict[str, Document] = {kind: _panel(kind) for kind in sorted({*FIELDS, *OPTIONS})}
