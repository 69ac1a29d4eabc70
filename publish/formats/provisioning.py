"""The tree that a Grafana loads from its disk: dashboards, their provider, the data source.

https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from tailboard.dashboards.document import Document, written
from tailboard.publish.formats.format import File, Format, Surroundings
from tailboard.publish.formats.yaml_text import yaml_text

ROOT = PurePosixPath("provisioning")
NAME = "tailboard"


def _files(document: Document) -> Iterator[File]:
    yield File(ROOT / "dashboards" / NAME / f"{document['uid']}.json", written(document))


def _once(surroundings: Surroundings) -> Iterator[File]:
    yield File(ROOT / "dashboards" / f"{NAME}.yaml", yaml_text(_provider(surroundings)))
    yield File(ROOT / "datasources" / f"{NAME}.yaml", yaml_text(_data_source(surroundings)))


def _provider(surroundings: Surroundings) -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": NAME,
                "folder": "Tailboard",
                "folderUid": NAME,
                "type": "file",
                "allowUiUpdates": False,
                "disableDeletion": False,
                "updateIntervalSeconds": 10,
                "options": {"path": f"{surroundings.provisioning_path}/dashboards/{NAME}"},
            }
        ],
    }


def _data_source(surroundings: Surroundings) -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Prometheus",
                "uid": "prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": surroundings.prometheus_url,
                "isDefault": True,
                "jsonData": {
                    "httpMethod": "POST",
                    "timeInterval": surroundings.scrape_interval,
                },
            }
        ],
    }


FORMAT = Format("provisioning", "the tree that a Grafana loads from its disk", _files, once=_once)
