"""The code of a panel: the kind `raw` with what differs from Grafana's defaults."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from tailboard.convert.canonical import Panel
from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    TupleCode,
    UnpackedCall,
    build_code,
)
from tailboard.dashboards.data_source import PROMETHEUS
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.panels.query import AUTOMATIC_LEGEND, Format
from tailboard.panels.style import GOOD

QUERY_ARGUMENTS: Mapping[str, tuple[str, type]] = {
    "format": ("format", str),
    "instant": ("instant", bool),
    "interval": ("interval", str),
    "intervalFactor": ("interval_factor", int),
    "exemplar": ("exemplar", bool),
    "hide": ("hide", bool),
    "refId": ("ref_id", str),
}
"""The fields of a query that are arguments of `Query`, and their types."""

ARGUMENT_FIELDS = frozenset(
    {
        "description",
        "fieldConfig",
        "gridPos",
        "options",
        "targets",
        "title",
        "transformations",
        "type",
    }
)
"""The fields of a panel that are arguments of `raw`; the others stand in `extra`."""

NEEDED_OPTIONS: Mapping[str, Panel] = {"heatmap": {"calculate": False}}
"""Defaults that are said: without any option a panel of this kind is taken for one of Grafana 5."""

PERCENTAGE = "percentage"
THRESHOLD_FIELDS = {"color", "value"}


LOKI_TYPE = "loki"


def build_raw_call(panel: Panel, size: Code | None = None, datasource: Panel | None = None) -> Call:
    """The call of `raw` that builds a panel in its canonical form, in a dashboard that reads this.

    `datasource` is None where the dashboard reads the variable `datasource`.
    """
    queries = panel.get("targets") or []
    config = panel.get("fieldConfig") or {}
    keywords: dict[str, Code] = {
        **_build_text("description", panel.get("description")),
        **_build_field_arguments(config.get("defaults") or {}),
        **_build_overrides(config.get("overrides")),
        **_build_value("options", panel.get("options") or NEEDED_OPTIONS.get(str(panel["type"]))),
        **_build_value("transformations", panel.get("transformations")),
        **({"size": size} if size is not None else {}),
        **_build_value("extra", _list_extra_fields(panel, config, datasource)),
    }
    arguments: list[Code] = [Literal(str(panel.get("type", ""))), Literal(panel.get("title", ""))]
    if queries:
        arguments.append(ListCode(tuple(_build_query_codes(panel))))
    return Call("raw", tuple(arguments), tuple(keywords.items()))


def _build_query_codes(panel: Panel) -> list[Code]:
    """The queries: PromQL alone where no query says more, else each a `Query`, or JSON."""
    queries = panel.get("targets") or []
    if all({*query} == {"expr"} and is_promql_query(query, panel) for query in queries):
        return [build_code(query["expr"]) for query in queries]
    return [build_query_code(query, panel) for query in queries]


def build_query_code(query: Panel, panel: Panel) -> Code:
    """A `Query` for PromQL, and for LogQL with a legend; JSON for other languages."""
    is_known = is_promql_query(query, panel) or _is_logql_query(query, panel)
    if not isinstance(query.get("expr"), str) or not is_known:
        first_names = [name for name in ("expr", "legendFormat") if name in query]
        other_names = [name for name in query if name not in first_names]
        return build_code({name: query[name] for name in (*first_names, *other_names)})
    fields = {name: value for name, value in query.items() if name != "expr"}
    arguments: list[Code] = [Literal(query["expr"])]
    keywords: dict[str, Code] = {}
    is_table = fields.get("format") == "table"
    if "legendFormat" not in fields:
        if not is_table:
            keywords["legend"] = Literal(None)
    elif _is_argument(legend := fields["legendFormat"], str):
        if legend != AUTOMATIC_LEGEND or is_table:
            arguments.append(Literal(legend))
        del fields["legendFormat"]
    for name, (argument, kind) in QUERY_ARGUMENTS.items():
        is_known = name != "format" or fields.get(name) in get_args(Format)
        if is_known and _is_argument(fields.get(name), kind):
            keywords[argument] = Literal(fields.pop(name))
    if fields:
        keywords["extra"] = build_code(fields)
    return Call("Query", tuple(arguments), tuple(keywords.items()))


def _is_logql_query(query: Panel, panel: Panel) -> bool:
    datasource = panel.get("datasource")
    is_loki = isinstance(datasource, dict) and datasource.get("type") == LOKI_TYPE
    return is_loki and "datasource" not in query and bool(query.get("legendFormat"))


def _is_argument(value: object, kind: type) -> bool:
    """Whether a query says this value as an argument: what is empty is as if it were not there."""
    return bool(value) and type(value) is kind


def build_thresholds(thresholds: object) -> tuple[Code, str] | None:
    """The thresholds as values and colours with their base; None where that does not say all."""
    if not isinstance(thresholds, Mapping) or {*thresholds} - {"mode"} != {"steps"}:
        return None
    if thresholds.get("mode", PERCENTAGE) != PERCENTAGE:
        return None
    steps = thresholds["steps"]
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        return None
    base, *others = steps or [{}]
    values = [step.get("value") for step in others]
    if (
        {*base} != {"color"}
        or any({*step} != THRESHOLD_FIELDS for step in others)
        or any(isinstance(value, bool) or not isinstance(value, int | float) for value in values)
        or values != sorted(values)
        or not all(isinstance(step["color"], str) for step in steps)
    ):
        return None
    pairs = tuple(TupleCode((Literal(step["value"]), Literal(step["color"]))) for step in others)
    return ListCode(pairs), str(base["color"])


def _build_field_arguments(defaults: Panel) -> dict[str, Code]:
    fields = dict(defaults)
    arguments: dict[str, Code] = _build_text("unit", fields.pop("unit", None))
    if thresholds := build_thresholds(fields.get("thresholds")):
        steps, base = thresholds
        arguments["thresholds"] = steps
        if "mode" in fields.pop("thresholds"):
            arguments["threshold_mode"] = Literal(PERCENTAGE)
        if base != GOOD:
            arguments["base"] = Literal(base)
    custom = fields.pop("custom", None)
    return {**arguments, **_build_value("fields", fields), **_build_value("custom", custom)}


def _build_overrides(overrides: object) -> dict[str, Code]:
    """The overrides as calls of our functions, where these say all of them."""
    if not isinstance(overrides, list) or not overrides:
        return _build_value("overrides", overrides)
    codes: list[Code] = []
    colors: dict[str, str] = {}
    for override in [*overrides, None]:
        name, color = _read_name_color(override)
        if name and name not in colors:
            colors[name] = color
            continue
        if colors:
            codes.append(UnpackedCall("build_name_colors", (build_code(colors),)))
            colors = {name: color} if name else {}
        if override is not None and not name:
            codes.append(_build_override(override))
    if len(codes) == 1 and isinstance(codes[0], UnpackedCall):
        return {"overrides": Call(codes[0].function, codes[0].arguments)}
    return {"overrides": ListCode(tuple(codes))}


def _read_name_color(override: Any) -> tuple[str, str]:
    """The name of a line and its colour, if an override says no more; else two empty texts."""
    match override:
        case {
            "matcher": {"id": "byName", "options": str(name), **other_matcher},
            "properties": [
                {
                    "id": "color",
                    "value": {"mode": "fixed", "fixedColor": str(color), **other_color},
                    **other_property,
                }
            ],
            **other_fields,
        } if not (other_matcher or other_color or other_property or other_fields):
            return name, color
    return "", ""


def _build_override(override: Any) -> Code:
    matcher = override.get("matcher") if isinstance(override, dict) else None
    properties = override.get("properties") if isinstance(override, dict) else None
    if (
        not isinstance(matcher, dict)
        or {*override} != {"matcher", "properties"}
        or {*matcher} != {"id", "options"}
        or not all(isinstance(matcher[name], str) for name in matcher)
        or not isinstance(properties, list)
        or any(not isinstance(entry, dict) or {*entry} != {"id", "value"} for entry in properties)
    ):
        return build_code(override)
    values = {entry["id"]: entry["value"] for entry in properties}
    if len(values) < len(properties):
        return build_code(override)
    arguments = (Literal(matcher["id"]), Literal(matcher["options"]), build_code(values))
    return Call("build_override", arguments)


def _list_extra_fields(panel: Panel, config: Panel, datasource: Panel | None) -> Panel:
    extra = {name: value for name, value in panel.items() if name not in ARGUMENT_FIELDS}
    is_default = panel.get("datasource") == PROMETHEUS and _has_promql_only(panel)
    if datasource is not None:
        is_default = panel.get("datasource") == datasource and bool(panel.get("targets"))
    if is_default:
        del extra["datasource"]
    if other_config := {key: config[key] for key in config if key not in ("defaults", "overrides")}:
        extra["fieldConfig"] = other_config
    return extra


def _has_promql_only(panel: Panel) -> bool:
    queries: Sequence[Any] = panel.get("targets") or []
    plain_panel = {name: value for name, value in panel.items() if name != "datasource"}
    return bool(queries) and all(is_promql_query(query, plain_panel) for query in queries)


def _build_text(name: str, text: object) -> dict[str, Code]:
    return {name: Literal(text)} if isinstance(text, str) and text else {}


def _build_value(name: str, value: object) -> dict[str, Code]:
    if value in (None, "", [], {}):
        return {}
    code = build_code(value)
    return {name: code} if code != DictCode() else {}
