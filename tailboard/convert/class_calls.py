"""Panels of the kind `raw` as calls of grafanalib's classes, where these say all of a panel."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    Name,
    Template,
    build_code,
)
from tailboard.convert.grafanalib_classes import PANEL_CLASSES, PanelClass
from tailboard.convert.module_text import Function
from tailboard.dashboards.grafanalib_defaults import PANEL_DEFAULTS, QUERY_DEFAULTS
from tailboard.dashboards.passes.modernize.options import CELL_OPTIONS
from tailboard.publish.grafana.documents.normalize import UNIT_RANGES

NESTED_ARGUMENTS = ("custom", "extra", "fields", "options")
"""The arguments of `raw` that hold what a class has arguments for."""

REPEAT_ARGUMENTS = {
    "extra.repeat": "variable",
    "extra.repeatDirection": "direction",
    "extra.maxPerRow": "maxPerRow",
}
"""The arguments of `Repeat` by what `raw` says of a panel."""

FIRST_ARGUMENTS = (
    *("title", "description", "dataSource", "targets", "content"),
    *("unit", "format", "thresholds", "thresholdType"),
)
LAST_ARGUMENTS = (
    *("mappings", "valueMaps", "overrides", "transformations", "links", "dataLinks", "repeat"),
    *("interval", "maxDataPoints", "timeFrom", "timeShift", "hideTimeOverride", "transparent"),
    "gridPos",
)
"""What one reads first of a panel, and what last; its look stands between them."""

LOST_FIELDS = tuple((Literal(name), Literal(value)) for name, value in QUERY_DEFAULTS.items())
LOST_FACTOR = Literal(QUERY_DEFAULTS["intervalFactor"])
"""What is left out of the queries of grafanalib's panels, which have it by default."""

PLAIN_ARGUMENTS = ("title", "description", "dataSource", "targets", "gridPos")
"""The arguments that are no look."""

CLASSES_BY_NAME = {panel_class.name: panel_class for panel_class in PANEL_CLASSES.values()}


class _MissingArgumentError(Exception):
    """A class has no argument for what a panel says."""


def use_classes(
    codes: Sequence[Code], functions: Sequence[Function]
) -> tuple[list[Code], list[Function]]:
    """The codes and functions with calls of classes in the place of those of `raw`.

    A class has to have an argument for all that a panel says. What it does otherwise than Grafana
    has to be said as well: where that is more than the rest, `raw` is clearer.
    """
    lossy_functions = {
        function.name for function in functions if _says_lost_fields(function.body, ())
    }
    new_codes = [
        use_class(code, lossy_functions) if isinstance(code, Call) else code for code in codes
    ]
    return new_codes, [_use_class_in_function(function, lossy_functions) for function in functions]


def _use_class_in_function(function: Function, lossy_functions: Collection[str]) -> Function:
    body = function.body
    class_call = use_class(body, lossy_functions) if isinstance(body, Call) else body
    if not isinstance(class_call, Call) or class_call == body:
        return function
    return replace(function, body=class_call, return_type=class_call.function)


def use_class(call: Call, lossy_functions: Collection[str] = ()) -> Call:
    """A call of `raw` as that of a class, where one says all without saying much besides."""
    class_call = build_class_call(call, lossy_functions)
    return call if class_call is None or _is_mostly_default(class_call) else class_call


def _is_mostly_default(class_call: Call) -> bool:
    """Whether most of a panel's look says what Grafana does anyway, since the class does not."""
    look = {name: code for name, code in class_call.keywords if name not in PLAIN_ARGUMENTS}
    defaults = _list_defaults(look, CLASSES_BY_NAME[class_call.function])
    default_count = sum(look.get(name) == build_code(value) for name, value in defaults.items())
    return 2 * default_count > len(look)


def build_class_call(call: Call, lossy_functions: Collection[str] = ()) -> Call | None:
    """The call of a class that builds the same panel as a call of `raw`; None where none does.

    `lossy_functions` build queries that say what is left out of those of grafanalib.
    """
    kind = call.arguments[0] if call.function == "raw" else None
    panel_class = PANEL_CLASSES.get(str(kind.value)) if isinstance(kind, Literal) else None
    if panel_class is None:
        return None
    try:
        keywords = _build_keywords(call, panel_class, lossy_functions)
    except _MissingArgumentError:
        return None
    if not panel_class.is_valid(dict(_list_values(keywords))):
        return None
    names = [*panel_class.arguments.values()]
    ranked_keywords = sorted(keywords.items(), key=lambda item: _rank_argument(item[0], names))
    return Call(panel_class.name, (), tuple(ranked_keywords))


def _rank_argument(name: str, names: Sequence[str]) -> tuple[int, int]:
    if name in FIRST_ARGUMENTS:
        return 0, FIRST_ARGUMENTS.index(name)
    if name in LAST_ARGUMENTS:
        return 2, LAST_ARGUMENTS.index(name)
    return 1, names.index(name)


def _build_keywords(
    call: Call, panel_class: PanelClass, lossy_functions: Collection[str]
) -> dict[str, Code]:
    """The arguments of a class, without those that say what it does by default."""
    parts = dict(_list_parts(call, panel_class))
    keywords: dict[str, Code] = {"title": call.arguments[1]}
    if len(call.arguments) > 2:
        keywords["targets"] = _build_targets(call.arguments[2], lossy_functions)
    if repeat := {
        argument: parts.pop(path) for path, argument in REPEAT_ARGUMENTS.items() if path in parts
    }:
        keywords["repeat"] = Call("Repeat", (), tuple(repeat.items()))
    if "thresholds" in parts:
        base = [parts.pop("base")] if "base" in parts else []
        parts["thresholds"] = Call("build_threshold_steps", (parts["thresholds"], *base))
    for path, part in parts.items():
        argument = panel_class.arguments.get(path)
        if argument is None or argument in keywords or _is_lost(path, part):
            raise _MissingArgumentError
        convert = CONVERSIONS.get(path)
        keywords[argument] = convert(part) if convert else part
    if not {*panel_class.required} <= {*keywords}:
        raise _MissingArgumentError
    for argument, value in _list_defaults(keywords, panel_class).items():
        keywords.setdefault(argument, build_code(value))
    return {
        argument: code
        for argument, code in keywords.items()
        if code != build_code(panel_class.find_default(argument))
    }


def _list_defaults(keywords: Mapping[str, Code], panel_class: PanelClass) -> Mapping[str, Any]:
    """What Grafana does without the arguments for which the class does otherwise."""
    defaults = panel_class.defaults
    unit = keywords.get("format")
    unit_range = UNIT_RANGES.get(str(unit.value), {}) if isinstance(unit, Literal) else {}
    return {**defaults, **{name: unit_range[name] for name in unit_range if name in defaults}}


def _is_lost(path: str, part: Code) -> bool:
    """Whether a value is left out of a panel of grafanalib, which has it by default."""
    field = path.removeprefix("extra.")
    return path != field and field in PANEL_DEFAULTS and part == Literal(PANEL_DEFAULTS[field])


def _list_parts(call: Call, panel_class: PanelClass) -> Iterator[tuple[str, Code]]:
    """What a call says of a panel, down to what a class has an argument for."""
    for name, code in call.keywords:
        if name in NESTED_ARGUMENTS:
            yield from _list_nested_parts(name, code, panel_class)
        else:
            yield name, code


def _list_nested_parts(
    path: str, code: Code, panel_class: PanelClass
) -> Iterator[tuple[str, Code]]:
    if path in panel_class.arguments or path in REPEAT_ARGUMENTS:
        yield path, code
    elif isinstance(code, DictCode) and code.items:
        for key, item in code.items:
            name = str(key.value) if isinstance(key, Literal) else ""
            yield from _list_nested_parts(f"{path}.{name}", item, panel_class)
    elif isinstance(code, ListCode) and len(code.items) == 1:
        yield from _list_nested_parts(f"{path}.0", code.items[0], panel_class)
    else:
        yield path, code


def _build_targets(queries: Code, lossy_functions: Collection[str]) -> ListCode:
    if not isinstance(queries, ListCode) or any(
        _says_lost_fields(query, lossy_functions) for query in queries.items
    ):
        raise _MissingArgumentError
    return ListCode(tuple(map(_build_target, queries.items)))


def _build_target(query: Code) -> Code:
    """A query; PromQL alone, which only `raw` takes, is a `Query` without a legend."""
    is_text = isinstance(query, Literal | Name | Template)
    return Call("Query", (query,), (("legend", Literal(None)),)) if is_text else query


def _says_lost_fields(query: Code, lossy_functions: Collection[str]) -> bool:
    """Whether a query says what is left out of those of grafanalib, which have it by default."""
    if isinstance(query, Call):
        factor = dict(query.keywords).get("interval_factor")
        return query.function in lossy_functions or factor == LOST_FACTOR
    return isinstance(query, DictCode) and any(field in LOST_FIELDS for field in query.items)


def _convert_cell_options(code: Code) -> Code:
    """The display mode of a table's cells."""
    modes = {**{name: name for name in ("color-text", "json-view", "image")}, **CELL_OPTIONS}
    for mode, options in modes.items():
        if code in (build_code(options), build_code({"type": mode})):
            return Literal(mode)
    raise _MissingArgumentError


def _convert_sort_fields(code: Code) -> Code:
    """The columns by which a table is sorted."""
    if not isinstance(code, ListCode):
        raise _MissingArgumentError
    return ListCode(tuple(map(_convert_sort_field, code.items)))


def _convert_sort_field(code: Code) -> Code:
    fields = (
        {str(key.value): item for key, item in code.items if isinstance(key, Literal)}
        if isinstance(code, DictCode)
        else {}
    )
    if {*fields} != {"displayName", "desc"}:
        raise _MissingArgumentError
    is_default = fields["desc"] == Literal(value=False)
    descending = () if is_default else (("desc", fields["desc"]),)
    return Call("TableSortByField", (fields["displayName"],), descending)


def _convert_hidden_legend(code: Code) -> Code:
    if code != Literal(value=False):
        raise _MissingArgumentError
    return Literal("hidden")


CONVERSIONS: Mapping[str, Callable[[Code], Code]] = {
    "custom.cellOptions": _convert_cell_options,
    "options.legend.showLegend": _convert_hidden_legend,
    "options.sortBy": _convert_sort_fields,
}
"""What a class says otherwise than `raw`."""


def _list_values(keywords: Mapping[str, Code]) -> Iterator[tuple[str, Any]]:
    """The arguments whose values are in the code."""
    for name, code in keywords.items():
        try:
            yield name, _read_value(code)
        except _MissingArgumentError:
            continue


def _read_value(code: Code) -> Any:
    match code:
        case Literal(value):
            return value
        case ListCode(items):
            return [_read_value(item) for item in items]
        case DictCode(pairs):
            return {
                str(key.value): _read_value(item) for key, item in pairs if isinstance(key, Literal)
            }
        case _:
            raise _MissingArgumentError
