"""Variables in both schemas."""

from collections.abc import Callable, Mapping
from typing import Any

from tailboard.dashboards.schema_v2.query import (
    TEXT_QUERY_FIELD,
    build_query,
    find_data_source,
    find_query_fields,
)
from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_number,
    read_object,
    read_spec,
    read_text,
)

JsonObject = Mapping[str, Any]
Variable = dict[str, Any]

KINDS: Mapping[str, str] = {
    "adhoc": "AdhocVariable",
    "constant": "ConstantVariable",
    "custom": "CustomVariable",
    "datasource": "DatasourceVariable",
    "groupby": "GroupByVariable",
    "interval": "IntervalVariable",
    "query": "QueryVariable",
    "switch": "SwitchVariable",
    "textbox": "TextVariable",
}
TYPES = {kind: name for name, kind in KINDS.items()}

HIDE_NAMES = ("dontHide", "hideLabel", "hideVariable", "inControlsMenu")
REFRESH_NAMES = ("never", "onDashboardLoad", "onTimeRangeChanged")
SORT_NAMES = (
    "disabled",
    "alphabeticalAsc",
    "alphabeticalDesc",
    "numericalAsc",
    "numericalDesc",
    "alphabeticalCaseInsensitiveAsc",
    "alphabeticalCaseInsensitiveDesc",
    "naturalAsc",
    "naturalDesc",
)
ENUM_NAMES = {"hide": HIDE_NAMES, "refresh": REFRESH_NAMES, "sort": SORT_NAMES}
"""Fields that are numbers in schema v1 and names in schema v2, the number being the position."""

OPTIONAL_FIELDS = ("description", "label")
SOURCE_KINDS = ("AdhocVariable", "GroupByVariable")
"""The variables that have a data source without a query."""


def find_variable_name(variable: object) -> str:
    """The name of a variable of schema v2."""
    return read_text(read_spec(variable).get("name"))


def build_v1_variable(variable: JsonObject) -> Variable:
    """The variable of schema v1 that a variable of schema v2 is."""
    kind, spec = str(variable.get("kind")), dict(read_spec(variable))
    for name, names in ENUM_NAMES.items():
        if name in spec:
            spec[name] = names.index(spec[name]) if spec[name] in names else 0
    fields: Variable = {**spec, "type": TYPES.get(kind, kind)}
    if kind == "QueryVariable":
        query_fields = find_query_fields(spec.get("query"))
        is_text = TEXT_QUERY_FIELD in read_object(read_object(spec.get("query")).get("spec"))
        fields["query"] = query_fields["query"] if is_text else query_fields
        fields["datasource"] = find_data_source(spec.get("query"), spec)
    elif kind in SOURCE_KINDS:
        fields["datasource"] = find_data_source(
            {"group": variable.get("group"), "datasource": variable.get("datasource")}, spec
        )
    elif kind == "DatasourceVariable":
        fields["query"] = fields.pop("pluginId", "")
    elif kind == "ConstantVariable":
        fields["hide"] = HIDE_NAMES.index("hideVariable")
    elif kind == "SwitchVariable":
        fields = _build_v1_switch(fields)
    return {name: value for name, value in fields.items() if value is not None}


def build_variable(variable: JsonObject) -> Variable | None:
    """The variable of schema v2 that a variable of schema v1 is; None if it has no such type."""
    variable_type = str(variable.get("type"))
    build_fields = FIELD_BUILDERS.get(variable_type)
    if build_fields is None:
        return None
    spec = {
        "hide": _find_enum_name("hide", variable),
        "name": read_text(variable.get("name")),
        "skipUrlSync": variable.get("skipUrlSync") is True,
        **_copy_texts(variable, OPTIONAL_FIELDS),
        **build_fields(variable),
    }
    kind: Variable = {"kind": KINDS[variable_type], "spec": spec}
    if kind["kind"] in SOURCE_KINDS:
        source = build_query({}, variable.get("datasource"))
        kind |= {name: source[name] for name in ("group", "datasource") if name in source}
    return kind


def _build_query_fields(variable: JsonObject) -> Variable:
    query = variable.get("query")
    fields = query if isinstance(query, Mapping) else {TEXT_QUERY_FIELD: query} if query else {}
    static_options = _build_options(variable.get("staticOptions"))
    return {
        **_build_multi_value_fields(variable),
        **_copy_texts(variable, ("definition", "regexApplyTo", "staticOptionsOrder")),
        **({"staticOptions": static_options} if static_options else {}),
        "query": build_query(fields, variable.get("datasource")),
        "refresh": _find_enum_name("refresh", variable),
        "regex": read_text(variable.get("regex")),
        "sort": _find_enum_name("sort", variable),
    }


def _build_data_source_fields(variable: JsonObject) -> Variable:
    return {
        **_build_multi_value_fields(variable),
        "pluginId": read_text(variable.get("query")),
        "refresh": _find_enum_name("refresh", variable),
        "regex": read_text(variable.get("regex")),
    }


def _build_custom_fields(variable: JsonObject) -> Variable:
    return {
        **_build_multi_value_fields(variable),
        **_copy_texts(variable, ("valuesFormat",)),
        "query": read_text(variable.get("query")),
    }


def _build_interval_fields(variable: JsonObject) -> Variable:
    return {
        "auto": variable.get("auto") is True,
        "auto_count": read_number(variable.get("auto_count"), 0),
        "auto_min": read_text(variable.get("auto_min")),
        "current": _build_option(variable.get("current")),
        "options": _build_options(variable.get("options")),
        "query": read_text(variable.get("query")),
        "refresh": "onTimeRangeChanged",
    }


def _build_text_fields(variable: JsonObject) -> Variable:
    """The fields of a constant or a text box, which begins with its query."""
    query = read_text(variable.get("query"))
    current = variable.get("current") or {"text": query, "value": query}
    return {"current": _build_option(current), "query": query}


def _build_switch_fields(variable: JsonObject) -> Variable:
    values = [read_text(option.get("value")) for option in list_objects(variable.get("options"))]
    enabled, disabled = [*values[:2], *("true", "false")[len(values) :]]
    return {
        "current": read_text(read_object(variable.get("current")).get("value")) or disabled,
        "disabledValue": disabled,
        "enabledValue": enabled,
    }


def _build_v1_switch(fields: Variable) -> Variable:
    values = [read_text(fields.pop(name, "")) for name in ("enabledValue", "disabledValue")]
    current = read_text(fields.get("current"))
    return {
        **fields,
        "current": {"text": current, "value": current},
        "options": [{"text": value, "value": value} for value in values],
    }


def _build_group_by_fields(variable: JsonObject) -> Variable:
    return {
        **({"defaultValue": variable["defaultValue"]} if variable.get("defaultValue") else {}),
        "current": _build_option(variable.get("current")),
        "multi": variable.get("multi") is not False,
        "options": _build_options(variable.get("options")),
    }


def _build_ad_hoc_fields(variable: JsonObject) -> Variable:
    return {
        "allowCustomValue": variable.get("allowCustomValue") is not False,
        **{
            name: list_objects(variable.get(name))
            for name in ("baseFilters", "defaultKeys", "filters")
        },
    }


FIELD_BUILDERS: Mapping[str, Callable[[JsonObject], Variable]] = {
    "adhoc": _build_ad_hoc_fields,
    "constant": _build_text_fields,
    "custom": _build_custom_fields,
    "datasource": _build_data_source_fields,
    "groupby": _build_group_by_fields,
    "interval": _build_interval_fields,
    "query": _build_query_fields,
    "switch": _build_switch_fields,
    "textbox": _build_text_fields,
}
"""By the type of schema v1, what makes the fields that only variables of this type have."""


def _build_multi_value_fields(variable: JsonObject) -> Variable:
    return {
        **_copy_texts(variable, ("allValue",)),
        "allowCustomValue": variable.get("allowCustomValue") is not False,
        "current": _build_option(variable.get("current")),
        "includeAll": variable.get("includeAll") is True,
        "multi": variable.get("multi") is True,
        "options": _build_options(variable.get("options")),
    }


def _build_options(options: object) -> list[Variable]:
    return [
        {**_build_option(option), "selected": option.get("selected") is True}
        for option in list_objects(options)
    ]


def _build_option(option: object) -> Variable:
    """A value and its text, which are text or lists of it."""
    return {name: _build_value(read_object(option).get(name)) for name in ("text", "value")}


def _build_value(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return read_text(value)


def _find_enum_name(name: str, variable: JsonObject) -> str:
    names, value = ENUM_NAMES[name], variable.get(name)
    if isinstance(value, str) and value in names:
        return value
    number = read_number(value, 0)
    return names[number] if 0 <= number < len(names) else names[0]


def _copy_texts(variable: JsonObject, names: tuple[str, ...]) -> Variable:
    return {name: variable[name] for name in names if read_text(variable.get(name))}
