"""Annotation queries in both schemas."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.query import build_query, find_data_source
from tailboard.dashboards.schema_v2.values import list_objects, read_object, read_spec, read_text

JsonObject = Mapping[str, Any]
Annotation = dict[str, Any]

COMMON_FIELDS = ("filter", "mappings")
CONVERTED_FIELDS = frozenset(
    {*COMMON_FIELDS, "builtIn", "datasource", "enable", "hide", "iconColor", "name", "placement"}
    | {"target"}
)
"""The fields of schema v1 that have a place of their own in schema v2; the others are legacy."""

DEFAULT_MAPPING_SOURCE = "field"


def build_v1_annotation(annotation: JsonObject) -> Annotation:
    """The annotation query of schema v1 that one of schema v2 is."""
    spec = read_spec(annotation)
    query = read_object(spec.get("query"))
    fields: Annotation = {
        **{
            name: value
            for name, value in read_object(spec.get("legacyOptions")).items()
            if name not in CONVERTED_FIELDS
        },
        "enable": spec.get("enable") is True,
        "hide": spec.get("hide") is True,
        "iconColor": read_text(spec.get("iconColor")),
        "name": read_text(spec.get("name")),
        **{name: spec[name] for name in (*COMMON_FIELDS, "placement") if spec.get(name)},
    }
    if spec.get("builtIn") is True:
        fields |= {"builtIn": 1, "type": "dashboard"}
    if data_source := find_data_source(query, spec):
        fields["datasource"] = data_source
    if target := read_object(query.get("spec")):
        fields["target"] = dict(target)
    return fields


def build_annotation(annotation: JsonObject) -> Annotation:
    """The annotation query of schema v2 that one of schema v1 is."""
    legacy_fields = {
        name: value for name, value in annotation.items() if name not in CONVERTED_FIELDS
    }
    spec: Annotation = {
        "enable": annotation.get("enable") is True,
        "hide": annotation.get("hide") is True,
        "iconColor": read_text(annotation.get("iconColor")),
        "name": read_text(annotation.get("name")),
        "query": build_query(read_object(annotation.get("target")), annotation.get("datasource")),
    }
    if "builtIn" in annotation:
        spec["builtIn"] = bool(annotation["builtIn"])
    if filter_fields := read_object(annotation.get("filter")):
        spec["filter"] = {"ids": list(filter_fields.get("ids") or [])}
        if filter_fields.get("exclude") is True:
            spec["filter"]["exclude"] = True
    if mappings := read_object(annotation.get("mappings")):
        spec["mappings"] = {
            name: mapping
            if isinstance(mapping, Mapping)
            else {"source": DEFAULT_MAPPING_SOURCE, "value": mapping}
            for name, mapping in mappings.items()
        }
    if placement := read_text(annotation.get("placement")):
        spec["placement"] = placement
    if legacy_fields:
        spec["legacyOptions"] = legacy_fields
    return {"kind": "AnnotationQuery", "spec": spec}


def list_annotations(document: JsonObject) -> list[JsonObject]:
    """The annotation queries of a document of schema v2."""
    return list_objects(document.get("annotations"))
