"""Panels of one kind: a function whose defaults are what most of them have."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tailboard.convert.code import Call, Code, ListCode, Literal, Name, TupleCode, render_flat
from tailboard.convert.module_text import Constant, Function, Parameter
from tailboard.convert.names import NameRegistry
from tailboard.convert.repetition.looks import (
    ARGUMENTS,
    OPTIONS,
    TITLE,
    build_queries_parameter,
)

MIN_PANELS = 4
MIN_SAVED_SHARE = 0.15
"""How many panels of a kind have a function, and how much of their code it has to save."""

MIN_DEFAULT_SHARE = 0.3
"""How many of the panels have an argument that is the default."""

UNDONE_WEIGHT = 3
"""How much worse `fields=None` is than `fields={...}` of the same length."""

FIXED_ARGUMENT = "threshold_mode"
"""An argument without a parameter: it is the same in panels of one function."""

UNCOMMON_ARGUMENTS = ("description", "extra", "overrides", "transformations")
"""Arguments that say what is special about a panel: they have no default but none."""

CONSTANT_NAMES = {"custom": "style", "size": "size"}


@dataclass
class KindSharing:
    """The codes of panels with calls of functions, the functions, and their defaults."""

    codes: list[Code]
    functions: list[Function] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)


@dataclass(frozen=True)
class _Argument:
    """An argument of `raw` in a function: the same in all calls, or a parameter with a default."""

    name: str
    code: Code
    parameter: Parameter | None = None
    default: Code | None = None


def share_kinds(codes: Sequence[Code], names: NameRegistry) -> KindSharing:
    """The codes with calls of a function for each kind that has many panels."""
    sharing = KindSharing(list(codes))
    for kind, indexes in _group_kinds(codes):
        calls = [call for index in indexes if isinstance(call := codes[index], Call)]
        arguments = [
            _plan_argument(name, [dict(call.keywords).get(name) for call in calls])
            for name in ARGUMENTS
            if any(name in dict(call.keywords) for call in calls)
        ]
        new_calls = [_build_call(call, arguments) for call in calls]
        body = Call(
            "raw",
            (calls[0].arguments[0], Name("title"), Name("queries")),
            tuple((argument.name, argument.code) for argument in arguments),
        )
        if not _is_shorter(calls, new_calls, body, arguments):
            continue
        function_name = names.find_function([f"build_{kind}", f"build_{kind}_panel"])
        if function_name is None:
            continue
        constants = list(_build_constants(kind, arguments, names))
        sharing.constants += constants
        defaults = {constant.code: constant.name for constant in constants}
        options = [
            _name_default(argument, defaults) for argument in arguments if argument.parameter
        ]
        sharing.functions.append(
            Function(
                function_name,
                (TITLE, build_queries_parameter(calls)),
                body,
                "dict[str, Any]",
                tuple(sorted(options, key=lambda option: bool(option.default))),
            )
        )
        for index, call in zip(indexes, new_calls, strict=True):
            sharing.codes[index] = Call(function_name, call.arguments, call.keywords)
    return sharing


def _group_kinds(codes: Sequence[Code]) -> Iterator[tuple[str, list[int]]]:
    groups: dict[tuple[str, Code | None], list[int]] = defaultdict(list)
    for index, code in enumerate(codes):
        if not isinstance(code, Call) or code.function != "raw" or len(code.arguments) < 3:
            continue
        kind = code.arguments[0]
        if isinstance(kind, Literal):
            groups[str(kind.value), dict(code.keywords).get(FIXED_ARGUMENT)].append(index)
    for (kind_name, _), indexes in groups.items():
        if len(indexes) >= MIN_PANELS:
            yield kind_name, indexes


def _plan_argument(name: str, values: Sequence[Code | None]) -> _Argument:
    """What stands for an argument in the function: its only value, or a parameter."""
    first = values[0]
    if first is not None and all(value == first for value in values):
        return _Argument(name, first)
    kind, empty = OPTIONS[name]
    value, count = Counter(values).most_common(1)[0]
    is_common = 1 < count >= MIN_DEFAULT_SHARE * len(values)
    is_common = is_common and not _is_often_undone(name, values, value)
    if value is not None and is_common and name not in UNCOMMON_ARGUMENTS:
        default: Code | None = value
    else:
        default = None if all(value is not None for value in values) else empty
    if None not in values and default != empty:
        kind = kind.removesuffix(" | None")
    text = "" if default is None else render_flat(_freeze(default))
    return _Argument(name, Name(name), Parameter(name, kind, text), default)


def _is_often_undone(name: str, values: Sequence[Code | None], value: Code | None) -> bool:
    """Whether calls would say that they do without a default rather than calls what they have."""
    if value is None:
        return False
    undone_length = values.count(None) * len(f"{name}=None,")
    said_length = values.count(value) * len(f"{name}={render_flat(value)},")
    return undone_length * UNDONE_WEIGHT > said_length


def _freeze(code: Code) -> Code:
    """An empty tuple in the place of an empty list, which a default may not be."""
    return TupleCode() if code == ListCode() else code


def _build_call(call: Call, arguments: Sequence[_Argument]) -> Call:
    """The call with those arguments that are not the defaults."""
    keywords: list[tuple[str, Code]] = []
    values = dict(call.keywords)
    for argument in arguments:
        if argument.parameter is None:
            continue
        value = values.get(argument.name, OPTIONS[argument.name][1])
        if value != argument.default:
            keywords.append((argument.name, value))
    return Call("", call.arguments[1:], tuple(keywords))


def _is_shorter(
    calls: Sequence[Call], new_calls: Sequence[Call], body: Call, arguments: Sequence[_Argument]
) -> bool:
    """Whether the function and its calls are shorter, without titles, queries, descriptions."""
    parameters = (argument.parameter for argument in arguments if argument.parameter)
    old_length = sum(map(_measure_look, calls))
    new_length = sum(map(_measure_look, new_calls)) + _measure_look(body)
    new_length += sum(len(str(parameter)) for parameter in parameters)
    return new_length <= (1 - MIN_SAVED_SHARE) * old_length


def _measure_look(call: Call) -> int:
    keywords = tuple(item for item in call.keywords if item[0] != "description")
    return len(render_flat(replace(call, arguments=(), keywords=keywords)))


def _build_constants(
    kind: str, arguments: Sequence[_Argument], names: NameRegistry
) -> Iterator[Constant]:
    """Names for defaults that are more than a number or a text: a default is never changed."""
    for argument in arguments:
        default = argument.default
        if default is None or default in (ListCode(), OPTIONS[argument.name][1]):
            continue
        if isinstance(default, Literal):
            continue
        word = CONSTANT_NAMES.get(argument.name, argument.name)
        name = names.create_constant(f"{kind} {word}", "DEFAULT", [f"default {kind} {word}"])
        yield Constant(name, default)


def _name_default(argument: _Argument, defaults: dict[Code, str]) -> Parameter:
    parameter = argument.parameter or Parameter(argument.name)
    if argument.default in defaults:
        return Parameter(parameter.name, parameter.kind, defaults[argument.default])
    return parameter
