"""The normal form of a document of schema v2: without what a server or a browser adds.

Seen on Grafana 12.4: what its conversion from schema v1 leaves out, the browser writes down when
somebody saves, in both schemas.
"""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.layout import AUTO_GRID, GRID, ROWS, SECTION_LISTS
from tailboard.dashboards.schema_v2.resource import RESOURCE_FIELDS
from tailboard.dashboards.schema_v2.time_settings import DEFAULT_REFRESH_INTERVALS
from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_number,
    read_object,
    read_spec,
    read_text,
)
from tailboard.publish.grafana.documents import normalize
from tailboard.publish.grafana.documents.normalize import (
    normalize_query,
    normalize_tags,
    normalize_value,
    strip_defaults,
    strip_panel_defaults,
)

Document = dict[str, Any]
JsonObject = Mapping[str, Any]

DOCUMENT_DEFAULTS: Document = {
    "cursorSync": "Off",
    "description": "",
    "editable": True,
    "links": [],
    "liveNow": False,
    "preload": False,
    "tags": [],
}
"""What a document means that does not say it."""

TIME_DEFAULTS: Document = {
    "autoRefresh": "",
    "autoRefreshIntervals": DEFAULT_REFRESH_INTERVALS,
    "fiscalYearStartMonth": 0,
    "from": "now-6h",
    "hideTimepicker": False,
    "nowDelay": "",
    "quickRanges": [],
    "to": "now",
    "weekStart": "",
}
DEFAULT_TIMEZONES = ("", "browser")
"""Those that the browser does not distinguish: it writes the second for the first."""

LINK_DEFAULTS: Document = {**normalize.LINK_DEFAULTS, "type": "link"}
COMMON_VARIABLE_DEFAULTS: Document = {
    "allValue": "",
    "allowCustomValue": True,
    "baseFilters": [],
    "defaultKeys": [],
    "description": "",
    "filters": [],
    "hide": "dontHide",
    "includeAll": False,
    "label": "",
    "multi": False,
    "regex": "",
    "regexApplyTo": "value",
    "skipUrlSync": False,
    "sort": "disabled",
    "staticOptions": [],
}
VARIABLE_DEFAULTS: dict[str, Document] = {
    "ConstantVariable": {"hide": "hideVariable", "skipUrlSync": True},
    "CustomVariable": {"valuesFormat": "csv"},
    "DatasourceVariable": {"refresh": "onDashboardLoad"},
    "IntervalVariable": {
        "auto": False,
        "auto_count": 0,
        "auto_min": "",
        "refresh": "onTimeRangeChanged",
    },
    "QueryVariable": {"definition": "", "refresh": "never"},
}
"""What each kind of variable does where nothing is said, beside what all of them do."""

ANNOTATION_DEFAULTS: Document = {"builtIn": False, "filter": {}, "hide": False}
BUILT_IN_ANNOTATION: Document = {
    "builtIn": True,
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
}
"""The fields that tell Grafana's own annotation query; the rest of it says which version wrote it.
"""

PANEL_DEFAULTS: Document = {"description": "", "links": [], "title": "", "transparent": False}
QUERY_DEFAULTS: Document = {"hidden": False}
EMPTY_QUERY: Document = {
    "query": {"group": "", "kind": "DataQuery", "spec": {}, "version": "v0"},
    "refId": "A",
}
"""What the browser gives a new panel, and Grafana leaves out in schema v1."""

QUERY_GROUP_DEFAULTS: Document = {"queries": [], "queryOptions": {}, "transformations": []}
SECTION_DEFAULTS: Document = {
    "collapse": False,
    "fillScreen": False,
    "hideHeader": False,
    "title": "",
    "variables": [],
}
AUTO_GRID_DEFAULTS: Document = {
    "columnWidthMode": "standard",
    "fillScreen": False,
    "maxColumnCount": 3,
    "rowHeightMode": "standard",
}


def normalize_document(document: JsonObject) -> Document:
    """The normal form of a document: two of the same meaning are equal."""
    content: Document = normalize_value(dict(document))
    for name in RESOURCE_FIELDS:
        content.pop(name, None)
    elements = read_object(content.get("elements"))
    if "tags" in content:
        content["tags"] = normalize_tags(content["tags"])
    return {
        **{name: value for name, value in content.items() if DOCUMENT_DEFAULTS.get(name) != value},
        "annotations": [
            annotation
            for annotation in map(normalize_annotation, list_objects(content.get("annotations")))
            if annotation
        ],
        "elements": {name: normalize_element(element) for name, element in elements.items()},
        "layout": normalize_layout(content.get("layout")),
        "links": [
            strip_defaults(dict(link), LINK_DEFAULTS) for link in list_objects(content.get("links"))
        ],
        "timeSettings": _normalize_time_settings(content.get("timeSettings")),
        "variables": list(map(normalize_variable, list_objects(content.get("variables")))),
    }


def normalize_element(element: object) -> Document:
    """An element with its fields beside each other, and without defaults."""
    kind, spec = read_object(element).get("kind"), dict(read_spec(element))
    panel = _normalize_visualization(read_object(spec.pop("vizConfig", None)))
    query_group = dict(read_spec(spec.pop("data", None)))
    queries = list(map(_normalize_query, list_objects(query_group.get("queries"))))
    if queries == [EMPTY_QUERY]:
        queries = []
    query_group = strip_defaults({**query_group, "queries": queries}, QUERY_GROUP_DEFAULTS)
    return {
        **strip_defaults(spec, PANEL_DEFAULTS),
        **panel,
        **query_group,
        **({"kind": kind} if kind != "Panel" else {}),
    }


def normalize_layout(layout: object) -> Document:
    """A layout without defaults, the items of a grid in reading order."""
    kind, spec = read_text(read_object(layout).get("kind")), dict(read_spec(layout))
    if kind in SECTION_LISTS:
        name, _ = SECTION_LISTS[kind]
        sections = [
            _normalize_section(read_spec(entry), is_row=kind == ROWS)
            for entry in list_objects(spec.get(name))
        ]
        return {**spec, "kind": kind, name: sections}
    items = [
        _normalize_conditions(dict(read_spec(item))) for item in list_objects(spec.get("items"))
    ]
    if kind == GRID:
        items.sort(key=lambda item: (read_number(item.get("y"), 0), read_number(item.get("x"), 0)))
    defaults = AUTO_GRID_DEFAULTS if kind == AUTO_GRID else {}
    return {**strip_defaults(spec, defaults), "kind": kind, "items": items}


def normalize_variable(variable: JsonObject) -> Document:
    """A variable without defaults, and without the values that it had for somebody."""
    kind, spec = read_text(variable.get("kind")), dict(read_spec(variable))
    spec.pop("options", None)
    current = spec.pop("current", None)
    if isinstance(current, dict):
        current = {name: value for name, value in current.items() if name != "selected"}
        current = current if any(current.values()) else None
    defaults = {**COMMON_VARIABLE_DEFAULTS, **VARIABLE_DEFAULTS.get(kind, {})}
    other_fields = {name: value for name, value in variable.items() if name != "spec"}
    content = {**other_fields, **strip_defaults(spec, defaults)}
    return {**content, "current": current} if current else content


def normalize_annotation(annotation: JsonObject) -> Document:
    """An annotation query without defaults; nothing of Grafana's own."""
    spec = dict(read_spec(annotation))
    if all(spec.get(name) == value for name, value in BUILT_IN_ANNOTATION.items()):
        return {}
    return strip_defaults(spec, ANNOTATION_DEFAULTS)


def _normalize_time_settings(settings: object) -> Document:
    content = dict(read_object(settings))
    if content.get("timezone") in DEFAULT_TIMEZONES:
        del content["timezone"]
    return {name: value for name, value in content.items() if TIME_DEFAULTS.get(name) != value}


def _normalize_visualization(config: JsonObject) -> Document:
    """What a panel looks like, as fields of schema v1; its plugin's version is the browser's."""
    if not config:
        return {}
    kind, spec = read_text(config.get("kind")), read_spec(config)
    panel_type = config.get("group") or kind
    other_fields = {name: value for name, value in spec.items() if name != "pluginVersion"}
    return strip_panel_defaults({**other_fields, "type": panel_type})


def _normalize_query(query: JsonObject) -> Document:
    spec = dict(read_spec(query))
    data_query = dict(read_object(spec.get("query")))
    if not data_query.get("datasource"):
        data_query.pop("datasource", None)
    if isinstance(data_query.get("spec"), dict):
        data_query["spec"] = normalize_query(data_query["spec"])
    return {**strip_defaults(spec, QUERY_DEFAULTS), "query": data_query}


def _normalize_section(spec: JsonObject, *, is_row: bool) -> Document:
    layout = normalize_layout(spec.get("layout"))
    if is_row and layout["kind"] == GRID:
        layout["items"] = _move_to_top(layout["items"])
    variables = list(map(normalize_variable, list_objects(spec.get("variables"))))
    fields = {name: value for name, value in spec.items() if name != "layout"}
    fields["variables"] = variables
    return {**_normalize_conditions(strip_defaults(fields, SECTION_DEFAULTS)), "layout": layout}


def _move_to_top(items: list[Document]) -> list[Document]:
    """The items of a row with the first at its top, where the browser puts it."""
    top = min((read_number(item.get("y"), 0) for item in items), default=0)
    return [{**item, "y": read_number(item.get("y"), 0) - top} for item in items]


def _normalize_conditions(holder: Document) -> Document:
    """A section or an item; a group without conditions is none."""
    if list_objects(read_spec(holder.get("conditionalRendering")).get("items")):
        return holder
    return {name: value for name, value in holder.items() if name != "conditionalRendering"}
