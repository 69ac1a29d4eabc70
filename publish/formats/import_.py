"""The document with inputs: Grafana's import dialog asks for the data source.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/import-dashboards/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from tailboard.dashboards.document import Document, written
from tailboard.dashboards.passes.modern_panel import LIBRARY_PANEL
from tailboard.dashboards.variables import DATASOURCE
from tailboard.publish.formats.format import File, Format

INPUT = "DS_PROMETHEUS"
OLDEST_GRAFANA = "11.0.0"
NOT_PLUGINS = {LIBRARY_PANEL, "row"}
PANEL_NAMES = {
    "bargauge": "Bar gauge",
    "heatmap": "Heatmap",
    "stat": "Stat",
    "state-timeline": "State timeline",
    "status-history": "Status history",
    "table": "Table",
    "text": "Text",
    "timeseries": "Time series",
}

NOTE = (
    "the library panel {name!r} is not in the import file, which only refers to it. Have it in "
    "that Grafana under the uid {uid!r} before you import, or unlink it in Grafana and export the "
    "dashboard again"
)
NO_UID = (
    "the reference to the library panel {name!r} has no uid, and Grafana may refuse the import. "
    "Unlink it in Grafana and export the dashboard again"
)


def _files(document: Document) -> Iterator[File]:
    yield File(PurePosixPath("import", f"{document['uid']}.json"), written(importable(document)))


def importable(document: Document) -> Document:
    """The document whose data source variable begins with what the import dialog asks for."""
    chosen = {"text": f"${{{INPUT}}}", "value": f"${{{INPUT}}}"}
    variables = [
        {**variable, "current": chosen} if variable.get("name") == DATASOURCE else variable
        for variable in document["templating"]["list"]
    ]
    return {
        **document,
        "__inputs": [
            {
                "description": "The Prometheus that scrapes the services",
                "label": "Prometheus",
                "name": INPUT,
                "pluginId": "prometheus",
                "pluginName": "Prometheus",
                "type": "datasource",
            }
        ],
        "__requires": _requires(document),
        "templating": {**document["templating"], "list": variables},
    }


def _requires(document: Document) -> list[dict[str, Any]]:
    """Grafana, the data source and the panel kinds that the dashboard cannot do without."""
    kinds = sorted({panel["type"] for panel in _all(document["panels"])} - NOT_PLUGINS)
    return [
        {"id": "grafana", "name": "Grafana", "type": "grafana", "version": OLDEST_GRAFANA},
        *(
            {"id": kind, "name": PANEL_NAMES.get(kind, kind), "type": "panel", "version": ""}
            for kind in kinds
        ),
        {"id": "prometheus", "name": "Prometheus", "type": "datasource", "version": "1.0.0"},
    ]


def _notes(document: Document) -> Iterator[str]:
    """What becomes of references to library panels, which only Grafana's own export can carry.

    A Grafana without the library panel imports a reference to nothing, or makes an empty library
    panel of that uid.
    """
    referred = (panel.get("libraryPanel") for panel in _all(document["panels"]))
    shown = {(str(it.get("uid") or ""), str(it.get("name") or "")): None for it in referred if it}
    for uid, name in shown:
        yield NOTE.format(name=name or uid, uid=uid) if uid else NO_UID.format(name=name)


def _all(panels: list[Document]) -> Iterator[Document]:
    for panel in panels:
        yield panel
        yield from _all(panel.get("panels") or [])


FORMAT = Format(
    "import",
    "JSON for the import dialog, which asks for the data source",
    _files,
    notes=_notes,
)
