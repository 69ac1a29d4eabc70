"""The document with inputs: Grafana's import dialog asks for the data source.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/import-dashboards/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from tailboard.dashboards.data_source import DATASOURCE
from tailboard.dashboards.document import Document, encode_document
from tailboard.dashboards.schema import LIBRARY_PANEL_TYPE
from tailboard.publish.formats.format import File, Format

INPUT_NAME = "DS_PROMETHEUS"
MIN_GRAFANA_VERSION = "11.0.0"
NON_PLUGIN_KINDS = {LIBRARY_PANEL_TYPE, "row"}
KIND_TITLES = {
    "bargauge": "Bar gauge",
    "heatmap": "Heatmap",
    "stat": "Stat",
    "state-timeline": "State timeline",
    "status-history": "Status history",
    "table": "Table",
    "text": "Text",
    "timeseries": "Time series",
}

LIBRARY_PANEL_NOTE = (
    "the library panel {name!r} is not in the import file, which only refers to it. Have it in "
    "that Grafana under the uid {uid!r} before you import, or unlink it in Grafana and export the "
    "dashboard again"
)
MISSING_UID_NOTE = (
    "the reference to the library panel {name!r} has no uid, and Grafana may refuse the import. "
    "Unlink it in Grafana and export the dashboard again"
)


def _build_files(document: Document) -> Iterator[File]:
    yield File(
        PurePosixPath("import", f"{document['uid']}.json"),
        encode_document(build_import_document(document)),
    )


def build_import_document(document: Document) -> Document:
    """The document whose data source variable has the answer of the import dialog as its value."""
    current_value = {"text": f"${{{INPUT_NAME}}}", "value": f"${{{INPUT_NAME}}}"}
    variables = [
        {**variable, "current": current_value} if variable.get("name") == DATASOURCE else variable
        for variable in document["templating"]["list"]
    ]
    return {
        **document,
        "__inputs": [
            {
                "description": "The Prometheus that scrapes the services",
                "label": "Prometheus",
                "name": INPUT_NAME,
                "pluginId": "prometheus",
                "pluginName": "Prometheus",
                "type": "datasource",
            }
        ],
        "__requires": _list_requirements(document),
        "templating": {**document["templating"], "list": variables},
    }


def _list_requirements(document: Document) -> list[dict[str, Any]]:
    """Grafana, the data source and the panel kinds that the dashboard needs."""
    kinds = sorted({panel["type"] for panel in _list_panels(document["panels"])} - NON_PLUGIN_KINDS)
    return [
        {"id": "grafana", "name": "Grafana", "type": "grafana", "version": MIN_GRAFANA_VERSION},
        *(
            {"id": kind, "name": KIND_TITLES.get(kind, kind), "type": "panel", "version": ""}
            for kind in kinds
        ),
        {"id": "prometheus", "name": "Prometheus", "type": "datasource", "version": "1.0.0"},
    ]


def _list_notes(document: Document) -> Iterator[str]:
    """Notes about references to library panels, which only Grafana's own export can contain.

    A Grafana without the library panel imports a reference to nothing, or makes an empty library
    panel of that uid.
    """
    library_references = (panel.get("libraryPanel") for panel in _list_panels(document["panels"]))
    library_panels = {
        (str(reference.get("uid") or ""), str(reference.get("name") or "")): None
        for reference in library_references
        if reference
    }
    for uid, name in library_panels:
        yield (
            LIBRARY_PANEL_NOTE.format(name=name or uid, uid=uid)
            if uid
            else MISSING_UID_NOTE.format(name=name)
        )


def _list_panels(panels: list[Document]) -> Iterator[Document]:
    for panel in panels:
        yield panel
        yield from _list_panels(panel.get("panels") or [])


FORMAT = Format(
    "import",
    "JSON for the import dialog, which asks for the data source",
    _build_files,
    document_notes=_list_notes,
)
