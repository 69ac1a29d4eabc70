"""The document with inputs: Grafana's import dialog asks for the data source.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/import-dashboards/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from dashboards.document import Document, written
from dashboards.variables import DATASOURCE
from publish.formats.format import File, Format

INPUT = "DS_PROMETHEUS"
OLDEST_GRAFANA = "11.0.0"
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
    kinds = sorted(_kinds(document["panels"]) - {"row"})
    return [
        {"id": "grafana", "name": "Grafana", "type": "grafana", "version": OLDEST_GRAFANA},
        *(
            {"id": kind, "name": PANEL_NAMES.get(kind, kind), "type": "panel", "version": ""}
            for kind in kinds
        ),
        {"id": "prometheus", "name": "Prometheus", "type": "datasource", "version": "1.0.0"},
    ]


def _kinds(panels: list[Document]) -> set[str]:
    return {panel["type"] for panel in panels}.union(
        *(_kinds(panel.get("panels") or []) for panel in panels)
    )


FORMAT = Format("import", "JSON for the import dialog, which asks for the data source", _files)
