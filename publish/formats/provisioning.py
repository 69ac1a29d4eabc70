"""The tree that a Grafana loads from its disk: dashboards, their provider, the data source.

https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from tailboard.dashboards.document import Document, encode_document, encode_resource
from tailboard.publish.formats.format import File, Format, FormatOptions
from tailboard.publish.formats.yaml_text import render_yaml

ROOT = PurePosixPath("provisioning")
NAME = "tailboard"


def _build_files(document: Document) -> Iterator[File]:
    yield File(ROOT / "dashboards" / NAME / f"{document['uid']}.json", encode_document(document))


def _build_v2_files(document: Document) -> Iterator[File]:
    """The resource of a document of schema v2, which Grafana 12.4 and later load from a disk."""
    yield File(ROOT / "dashboards" / NAME / f"{document['uid']}.json", encode_resource(document))


def _build_shared_files(options: FormatOptions) -> Iterator[File]:
    yield File(ROOT / "dashboards" / f"{NAME}.yaml", render_yaml(_build_provider(options)))
    yield File(ROOT / "datasources" / f"{NAME}.yaml", render_yaml(_build_data_source(options)))


def _build_provider(options: FormatOptions) -> dict[str, Any]:
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
                "options": {"path": f"{options.provisioning_path}/dashboards/{NAME}"},
            }
        ],
    }


def _build_data_source(options: FormatOptions) -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Prometheus",
                "uid": "prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": options.prometheus_url,
                "isDefault": True,
                "jsonData": {
                    "httpMethod": "POST",
                    "timeInterval": options.scrape_interval,
                },
            }
        ],
    }


FORMAT = Format(
    "provisioning",
    "the tree that a Grafana loads from its disk",
    _build_files,
    shared_files=_build_shared_files,
    v2_files=_build_v2_files,
)
