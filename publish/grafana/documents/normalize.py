"""The normal form of a document: without what a server or a browser adds or writes otherwise.

Seen on Grafana 12.4: numbers as Go writes them, nulls left out, defaults, ids and versions; and
when somebody saves, the browser writes the defaults of each panel and variable.
"""

import math
from collections.abc import Callable
from typing import Any

import orjson

from tailboard.publish.grafana.documents.panel_defaults import find_panel_defaults

Document = dict[str, Any]

NORMAL_FORM_VERSION = 2
"""The number of this normal form: raised with whatever changes the checksum of any document."""

SERVER_FIELDS = ("gnetId", "id", "iteration", "slug", "uid", "version")
DOCUMENT_DEFAULTS: Document = {
    "description": "",
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "liveNow": False,
    "preload": False,
    "tags": [],
    "timepicker": {},
    "timezone": "",
    "weekStart": "",
}
"""What a document means that does not say it."""

BUILT_IN_ANNOTATION = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
LINK_DEFAULTS: Document = {
    "asDropdown": False,
    "icon": "",
    "includeVars": False,
    "keepTime": False,
    "tags": [],
    "targetBlank": False,
    "tooltip": "",
    "url": "",
}
"""What a link at the top does where nothing is said: the browser writes all of it."""

ANNOTATION_DEFAULTS: Document = {"hide": False}
COMMON_VARIABLE_DEFAULTS: Document = {
    "allValue": "",
    "allowCustomValue": True,
    "description": "",
    "hide": 0,
    "includeAll": False,
    "label": "",
    "multi": False,
    "regex": "",
    "skipUrlSync": False,
    "sort": 0,
}
VARIABLE_DEFAULTS: dict[str, Document] = {
    "adhoc": {"baseFilters": []},
    "constant": {"hide": 2, "skipUrlSync": True},
    "custom": {"valuesFormat": "csv"},
    "datasource": {"refresh": 1},
    "interval": {"refresh": 2},
    "query": {"regexApplyTo": "value"},
}
"""What each kind of variable does where nothing is said, beside what all of them do."""

PANEL_SERVER_FIELDS = ("pluginVersion",)
ROW_SERVER_FIELDS = ("datasource", "targets")
"""What migrating an old document gives a row too, which asks for nothing."""

SINGLE_VALUE_KINDS = ("bargauge", "gauge", "stat")
UNIT_RANGES: dict[str, Document] = {
    "percent": {"max": 100, "min": 0},
    "percentunit": {"max": 1, "min": 0},
}
"""Between what the kinds of one value draw a unit; the browser writes it down."""

QUERY_DEFAULTS: Document = {"hide": False}
EXPRESSION_DEFAULTS: Document = {**QUERY_DEFAULTS, "exemplar": False, "instant": False}
"""What a query of PromQL or LogQL does where nothing is said."""

QUERY_EDITOR_FIELDS = (
    "disableTextWrap",
    "editorMode",
    "fullMetaSearch",
    "includeNullMetadata",
    "useBackend",
)
"""In which editor somebody wrote such a query, and how the editor looked."""

MAX_EXACT_NUMBER = 2**53
"""Up to here a number with a fraction is exact, so that both ways to write it are one number."""


def normalize_document(document: Document) -> Document:
    """The normal form of a document: two of the same meaning are equal."""
    content: Document = normalize_value(document)
    for name in SERVER_FIELDS:
        content.pop(name, None)
    content = {
        name: value for name, value in content.items() if DOCUMENT_DEFAULTS.get(name) != value
    }
    if "tags" in content:
        content["tags"] = normalize_tags(content["tags"])
    if "links" in content:
        content["links"] = _normalize_items(_normalize_link, content["links"])
    content["annotations"] = {
        "list": _normalize_items(_normalize_annotation, find_list(content, "annotations"))
    }
    content["templating"] = {
        "list": _normalize_items(_normalize_variable, find_list(content, "templating"))
    }
    content["panels"] = _normalize_items(_normalize_panel, content.get("panels"))
    return content


def find_list(document: Document, name: str) -> Any:
    """What stands in `list` of a part, as `templating` and `annotations` have one."""
    holder = document.get(name)
    return holder.get("list") if isinstance(holder, dict) else None


def normalize_tags(tags: Any) -> Any:
    """Tags in the order of a build, if all are texts: Grafana keeps that of whoever wrote them."""
    is_sortable = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    return sorted(tags) if is_sortable else tags


def strip_server_fields(panel: Any) -> Any:
    """A panel, and those within it, without what a server adds."""
    if not isinstance(panel, dict):
        return panel
    server_fields = PANEL_SERVER_FIELDS + ROW_SERVER_FIELDS * (panel.get("type") == "row")
    content = {name: value for name, value in panel.items() if name not in server_fields}
    if isinstance(inner_panels := content.get("panels"), list):
        content["panels"] = [strip_server_fields(inner_panel) for inner_panel in inner_panels]
    return content


def strip_defaults(value: Document, default: Document) -> Document:
    """The value without the parts that equal the default's, at every depth.

    A list is one value: it is kept as a whole, or not at all.
    """
    content: Document = {}
    for name, part in value.items():
        default_part = default.get(name)
        if isinstance(default_part, dict):
            stripped_part = strip_defaults(part, default_part) if isinstance(part, dict) else part
            if stripped_part != {}:
                content[name] = stripped_part
        elif default_part is None or not _is_equal(part, default_part):
            content[name] = part
    return content


def serialize_json(value: Any) -> bytes:
    """Canonical JSON; unlike `==`, it distinguishes `True` from 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def normalize_value(value: Any) -> Any:
    """A value without nulls, its numbers as Go reads them."""
    if isinstance(value, dict):
        # Most values are strings: a call for each took half of the time.
        return {
            name: entry if type(entry) is str else normalize_value(entry)
            for name, entry in value.items()
            if entry is not None
        }
    if isinstance(value, list):
        return [normalize_value(entry) for entry in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _normalize_number(value)
    return value


def _normalize_number(value: int | float) -> int | float | str:
    """A number as Go reads it; one that it cannot hold is as good as its text."""
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    if abs(number) < MAX_EXACT_NUMBER and number.is_integer():
        return int(number)
    return number if math.isfinite(number) else str(number)


def _normalize_items(normalize_item: Callable[[Any], Any], items: Any) -> list[Any]:
    """What is meant by each item of a list; a list that is none has no items."""
    return [item for item in map(normalize_item, items) if item] if isinstance(items, list) else []


def _normalize_link(link: Any) -> Any:
    """A link at the top without what it does anyway."""
    return strip_defaults(link, LINK_DEFAULTS) if isinstance(link, dict) else link


def _normalize_annotation(annotation: Any) -> Any:
    if annotation == BUILT_IN_ANNOTATION or not isinstance(annotation, dict):
        return None if annotation == BUILT_IN_ANNOTATION else annotation
    return strip_defaults(annotation, ANNOTATION_DEFAULTS)


def _normalize_variable(variable: Any) -> Any:
    """A variable without the values that it had for somebody."""
    if not isinstance(variable, dict):
        return variable
    content = {
        name: entry for name, entry in variable.items() if name not in {"current", "options"}
    }
    current = variable.get("current")
    if isinstance(current, dict):
        current = {name: entry for name, entry in current.items() if name != "selected"}
        current = current if any(current.values()) else None
    own_defaults = VARIABLE_DEFAULTS.get(str(variable.get("type")), {})
    content = strip_defaults(content, {**COMMON_VARIABLE_DEFAULTS, **own_defaults})
    return {**content, "current": current} if current else content


def _normalize_panel(panel: Any) -> Any:
    if not isinstance(panel, dict):
        return panel
    content: Document = strip_server_fields(panel)
    if isinstance(library_panel := content.get("libraryPanel"), dict):
        content["libraryPanel"] = {
            name: value for name, value in library_panel.items() if name != "meta"
        }
    content = strip_panel_defaults(_strip_query_sources(content))
    inner_panels = _normalize_items(_normalize_panel, content.pop("panels", None))
    return {**content, "panels": _move_below(content, inner_panels)} if inner_panels else content


def _move_below(heading: Document, panels: list[Any]) -> list[Any]:
    """The panels of a closed row with the first directly below the heading.

    When something above changes its height, the browser moves the heading alone.
    """
    top = _read_top(heading)
    tops = [panel_top for panel in panels if (panel_top := _read_top(panel)) is not None]
    if top is None or not tops:
        return panels
    offset = top + 1 - min(tops)
    return [
        panel
        if (panel_top := _read_top(panel)) is None
        else {**panel, "gridPos": {**panel["gridPos"], "y": panel_top + offset}}
        for panel in panels
    ]


def _read_top(panel: Any) -> int | None:
    """The grid row in which a panel begins; None where it does not say."""
    position = panel.get("gridPos") if isinstance(panel, dict) else None
    top = position.get("y") if isinstance(position, dict) else None
    return top if type(top) is int else None


def _strip_query_sources(panel: Document) -> Document:
    """A panel whose queries name their data source only where it is not that of the panel.

    The browser names it in each query that somebody adds.
    """
    source, targets = panel.get("datasource"), panel.get("targets")
    if not source or not isinstance(targets, list):
        return panel
    stripped_targets = [
        {name: value for name, value in target.items() if (name, value) != ("datasource", source)}
        if isinstance(target, dict)
        else target
        for target in targets
    ]
    return {**panel, "targets": stripped_targets}


def strip_panel_defaults(panel: Document) -> Document:
    """The panel without the defaults that Grafana's browser writes into it."""
    kind = str(panel.get("type"))
    content = {
        name: PART_NORMALIZERS[name](part, kind) if name in PART_NORMALIZERS else part
        for name, part in panel.items()
    }
    return strip_defaults(content, find_panel_defaults(kind))


def _normalize_field_config(config: Any, kind: str) -> Any:
    if not isinstance(config, dict):
        return config
    field_config = dict(config)
    if isinstance(fields := field_config.get("defaults"), dict):
        field_config["defaults"] = _normalize_field_defaults(fields, kind)
    if isinstance(overrides := field_config.get("overrides"), list):
        field_config["overrides"] = [_normalize_override(override) for override in overrides]
    return field_config


def _normalize_field_defaults(fields: Document, kind: str) -> Document:
    defaults = (
        strip_defaults(fields, UNIT_RANGES.get(str(fields.get("unit")), {}))
        if kind in SINGLE_VALUE_KINDS
        else fields
    )
    return _strip_base_value(defaults, "thresholds")


def _normalize_override(override: Any) -> Any:
    if not isinstance(override, dict) or not isinstance(override.get("properties"), list):
        return override
    return {
        **override,
        "properties": [_normalize_property(entry) for entry in override["properties"]],
    }


def _normalize_property(entry: Any) -> Any:
    return (
        _strip_base_value(entry, "value")
        if isinstance(entry, dict) and entry.get("id") == "thresholds"
        else entry
    )


def _strip_base_value(holder: Document, name: str) -> Document:
    """Thresholds whose first step has no value: it is the base, and its value is never read."""
    thresholds = holder.get(name)
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    if not isinstance(steps, list) or not steps or not isinstance(steps[0], dict):
        return holder
    base = {name: value for name, value in steps[0].items() if name != "value"}
    return {**holder, name: {**holder[name], "steps": [base, *steps[1:]]}}


def _normalize_targets(targets: Any, _kind: str) -> Any:
    if not isinstance(targets, list):
        return targets
    return [normalize_query(query) if isinstance(query, dict) else query for query in targets]


def normalize_query(query: Document) -> Document:
    """A query without what it does anyway, and without how its editor looked."""
    if not isinstance(query.get("expr"), str):
        return strip_defaults(query, QUERY_DEFAULTS)
    content = {name: value for name, value in query.items() if name not in QUERY_EDITOR_FIELDS}
    is_range = not query.get("instant")  # the one where nothing is said, beside the other not
    return strip_defaults(content, {**EXPRESSION_DEFAULTS, "range": is_range})


def _is_equal(value: Any, default: Any) -> bool:
    return value == default and serialize_json(value) == serialize_json(default)


PART_NORMALIZERS = {"fieldConfig": _normalize_field_config, "targets": _normalize_targets}
"""The parts of a panel of which more than their defaults is known."""
