"""A panel in both schemas: an element of schema v2 and a panel of schema v1."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema import LIBRARY_PANEL_TYPE
from tailboard.dashboards.schema_v2.query import (
    build_query,
    find_data_source,
    find_query_fields,
)
from tailboard.dashboards.schema_v2.resource import STABLE_VERSION, WRITTEN_VERSION
from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_number,
    read_object,
    read_spec,
    read_text,
)

JsonObject = Mapping[str, Any]
Panel = dict[str, Any]
Element = dict[str, Any]

ELEMENT_PREFIX = "panel-"
"""The beginning of an element's name, before the panel's id: so that Grafana's links open it."""

VIZ_KIND = "VizConfig"
MIXED_SOURCE = {"type": "mixed", "uid": "-- Mixed --"}
DEFAULT_PANEL_TYPE = "timeseries"
QUERY_OPTIONS = (
    "cacheTimeout",
    "hideTimeOverride",
    "interval",
    "maxDataPoints",
    "queryCachingTTL",
    "timeCompare",
    "timeFrom",
    "timeShift",
)
TRANSFORMATION_FIELDS = ("disabled", "filter", "topic")
TARGET_FIELDS = ("datasource", "hide", "refId")
"""The fields of a query of schema v1 that schema v2 has outside of the query's own."""


def format_element_name(panel_id: object) -> str:
    """The name of a panel's element."""
    return f"{ELEMENT_PREFIX}{panel_id}"


def find_panel_title(document: JsonObject, name: str) -> str:
    """The title of an element's panel; the element's name where it has none."""
    return (
        read_text(read_spec(read_object(document.get("elements")).get(name)).get("title")) or name
    )


def build_panel(element: JsonObject) -> Panel:
    """The panel of schema v1 with what an element of schema v2 says; its position is not there."""
    spec = read_spec(element)
    panel: Panel = {"id": _read_id(spec.get("id")), "title": read_text(spec.get("title"))}
    if "libraryPanel" in spec:
        reference = read_object(spec["libraryPanel"])
        return {**panel, "libraryPanel": dict(reference), "type": LIBRARY_PANEL_TYPE}
    viz_config, query_group = read_object(spec.get("vizConfig")), read_spec(spec.get("data"))
    viz_spec = read_spec(viz_config)
    is_grouped = viz_config.get("kind") == VIZ_KIND
    targets = [_build_target(query) for query in list_objects(query_group.get("queries"))]
    panel |= {
        "fieldConfig": _read_field_config(read_object(viz_spec.get("fieldConfig"))),
        "options": dict(read_object(viz_spec.get("options"))),
        "targets": targets,
        "type": read_text(viz_config.get("group" if is_grouped else "kind")) or DEFAULT_PANEL_TYPE,
        **{
            name: value
            for name, value in read_object(query_group.get("queryOptions")).items()
            if name in QUERY_OPTIONS
        },
    }
    optional_fields = {
        "datasource": _find_common_source(targets),
        "description": read_text(spec.get("description")),
        "links": list_objects(spec.get("links")),
        "pluginVersion": viz_config.get("version") or viz_spec.get("pluginVersion"),
        "transformations": [
            _build_transformation(entry)
            for entry in list_objects(query_group.get("transformations"))
        ],
        "transparent": spec.get("transparent"),
    }
    return {**panel, **{name: value for name, value in optional_fields.items() if value}}


def build_element(panel: JsonObject, version: str = WRITTEN_VERSION) -> Element:
    """The element of schema v2 with what a panel of schema v1 says, but for its position."""
    panel_id, title = read_number(panel.get("id"), 0), read_text(panel.get("title"))
    if library_panel := read_object(panel.get("libraryPanel")):
        reference = {name: read_text(library_panel.get(name)) for name in ("name", "uid")}
        spec = {"id": panel_id, "libraryPanel": reference, "title": title}
        return {"kind": "LibraryPanel", "spec": spec}
    return {
        "kind": "Panel",
        "spec": {
            "data": {
                "kind": "QueryGroup",
                "spec": {
                    "queries": [
                        _build_panel_query(target, panel.get("datasource"))
                        for target in list_objects(panel.get("targets"))
                    ],
                    "queryOptions": {
                        name: panel[name] for name in QUERY_OPTIONS if panel.get(name)
                    },
                    "transformations": [
                        _build_transformation_kind(entry, version)
                        for entry in list_objects(panel.get("transformations"))
                    ],
                },
            },
            "description": read_text(panel.get("description")),
            "id": panel_id,
            "links": [_build_link(link) for link in list_objects(panel.get("links"))],
            "title": title,
            **({"transparent": True} if panel.get("transparent") is True else {}),
            "vizConfig": {
                "group": read_text(panel.get("type")) or DEFAULT_PANEL_TYPE,
                "kind": VIZ_KIND,
                "spec": {
                    "fieldConfig": _build_field_config(read_object(panel.get("fieldConfig"))),
                    "options": dict(read_object(panel.get("options"))),
                },
                "version": read_text(panel.get("pluginVersion")),
            },
        },
    }


def _read_id(value: object) -> int | None:
    return value if type(value) is int else None


def _read_field_config(config: JsonObject) -> Panel:
    """The field options of a panel, in which what has the wrong type is empty."""
    fields = dict(config)
    if "defaults" in config:
        fields["defaults"] = defaults = dict(read_object(config["defaults"]))
        if "custom" in defaults:
            defaults["custom"] = read_object(defaults["custom"])
        if "mappings" in defaults:
            defaults["mappings"] = list_objects(defaults["mappings"])
        if "thresholds" in defaults:
            thresholds = read_object(defaults["thresholds"])
            steps = list_objects(thresholds.get("steps"))
            defaults["thresholds"] = {**thresholds, "steps": steps}
    if "overrides" in config:
        fields["overrides"] = [
            {**override, "properties": list_objects(override.get("properties"))}
            for override in list_objects(config["overrides"])
        ]
    return fields


def _build_target(panel_query: JsonObject) -> Panel:
    spec = read_spec(panel_query)
    query = spec.get("query")
    target = {**find_query_fields(query), "refId": read_text(spec.get("refId"))}
    if spec.get("hidden") is True:
        target["hide"] = True
    if data_source := find_data_source(query, spec):
        target["datasource"] = data_source
    return target


def _build_panel_query(target: JsonObject, panel_source: object) -> JsonObject:
    fields = {name: value for name, value in target.items() if name not in TARGET_FIELDS}
    is_mixed = read_object(panel_source).get("uid") == MIXED_SOURCE["uid"]
    data_source = target.get("datasource") or (None if is_mixed else panel_source)
    return {
        "kind": "PanelQuery",
        "spec": {
            "hidden": target.get("hide") is True,
            "query": build_query(fields, data_source),
            "refId": read_text(target.get("refId")) or "A",
        },
    }


def _find_common_source(targets: list[Panel]) -> Any:
    """The data source of a panel: that of all its queries, or Grafana's mixture of several."""
    sources = [target.get("datasource") for target in targets]
    if not sources:
        return None
    return sources[0] if all(source == sources[0] for source in sources) else dict(MIXED_SOURCE)


def _build_transformation(transformation: JsonObject) -> Panel:
    """A transformation of schema v1; its id is the kind up to v2beta1, the group from v2 on."""
    spec = read_spec(transformation)
    return {
        "id": spec.get("id") or transformation.get("group") or transformation.get("kind"),
        "options": spec.get("options"),
        **{name: spec[name] for name in TRANSFORMATION_FIELDS if name in spec},
    }


def _build_transformation_kind(transformation: JsonObject, version: str) -> JsonObject:
    """A transformation of schema v2, whose id is its kind up to v2beta1, its group from v2 on."""
    transformation_id = read_text(transformation.get("id"))
    spec = {
        "options": transformation.get("options") or {},
        **{
            name: transformation[name] for name in TRANSFORMATION_FIELDS if transformation.get(name)
        },
    }
    if version == STABLE_VERSION:
        return {"group": transformation_id, "kind": "Transformation", "spec": spec}
    return {"kind": transformation_id, "spec": {"id": transformation_id, **spec}}


def _build_link(link: JsonObject) -> JsonObject:
    is_blank = {"targetBlank": bool(link["targetBlank"])} if "targetBlank" in link else {}
    return {"title": read_text(link.get("title")), "url": read_text(link.get("url")), **is_blank}


def _build_field_config(config: JsonObject) -> JsonObject:
    defaults = {
        name: value
        for name, value in read_object(config.get("defaults")).items()
        if not (name == "mappings" and not value)
    }
    if thresholds := read_object(defaults.get("thresholds")):
        steps = [{"value": None, **step} for step in list_objects(thresholds.get("steps"))]
        defaults["thresholds"] = {**thresholds, "steps": steps}
    return {"defaults": defaults, "overrides": list_objects(config.get("overrides"))}
