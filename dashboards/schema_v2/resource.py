"""The resource of Grafana's API around a document of schema v2.

A document of schema v2 is the `spec` of its resource with two fields from beside it: `uid`, the
resource's name, and `apiVersion`, since the versions of the schema differ.
"""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.values import list_objects, read_object

Document = dict[str, Any]
JsonObject = Mapping[str, Any]

API_GROUP = "dashboard.grafana.app"
WRITTEN_VERSION = "v2beta1"
"""The version that we write where no server is known: Grafana 12.2 and later have it."""

STABLE_VERSION = "v2"
WRITABLE_VERSIONS = (STABLE_VERSION, WRITTEN_VERSION)
"""The versions that a document can be converted to."""

RESOURCE_FIELDS = ("apiVersion", "uid")
"""The fields of a document that are not of its spec."""


def is_v2_document(document: JsonObject) -> bool:
    """Whether a document, or the spec of a resource, is written in schema v2."""
    return ("elements" in document or "layout" in document) and "panels" not in document


def format_api_version(version: str) -> str:
    """The API version of a resource: `dashboard.grafana.app/v2beta1`."""
    return f"{API_GROUP}/{version}"


def find_version(document: JsonObject) -> str:
    """The version of the schema that a document of schema v2 is written in, such as `v2beta1`.

    A spec without a resource around it does not say its version: it follows from how panels,
    queries and transformations are written.
    """
    group, _, version = str(document.get("apiVersion") or "").rpartition("/")
    return version if group == API_GROUP and version else _derive_version(document)


def build_spec(document: JsonObject) -> Document:
    """The spec of a document's resource."""
    return {name: value for name, value in document.items() if name not in RESOURCE_FIELDS}


def build_resource(document: JsonObject, annotations: Mapping[str, str] | None = None) -> Document:
    """The resource of a document, as `/apis`, Git Sync and file provisioning take it."""
    metadata: Document = {"name": document["uid"]}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {
        "apiVersion": format_api_version(find_version(document)),
        "kind": "Dashboard",
        "metadata": metadata,
        "spec": build_spec(document),
    }


def _derive_version(spec: JsonObject) -> str:
    element_specs = [
        read_object(element.get("spec"))
        for element in read_object(spec.get("elements")).values()
        if isinstance(element, Mapping)
    ]
    visualizations = [read_object(element.get("vizConfig")) for element in element_specs]
    if any("kind" in config and config["kind"] != "VizConfig" for config in visualizations):
        return "v2alpha1"
    transformations = (
        transformation
        for element in element_specs
        for transformation in list_objects(
            read_object(read_object(element.get("data")).get("spec")).get("transformations")
        )
    )
    is_stable = any(entry.get("kind") == "Transformation" for entry in transformations)
    return STABLE_VERSION if is_stable or "preferences" in spec else WRITTEN_VERSION
