"""What repeats in the panels of a dashboard: functions for one shape, constants for one value."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    Name,
    Spread,
    Template,
    TupleCode,
    list_parts,
    render_flat,
)
from tailboard.convert.kind_functions import share_kinds
from tailboard.convert.looks import list_panel_function_names, share_looks
from tailboard.convert.module_text import Constant, Function, Parameter, Statement
from tailboard.convert.names import NameRegistry, build_identifier
from tailboard.convert.query_functions import share_queries
from tailboard.convert.selectors import share_selectors

MIN_PANELS = 3
"""How many panels of one shape become a function."""

MIN_PANEL_LENGTH = 120
MAX_PARAMETERS = 4
MAX_POSITIONS = 2
"""How many parameters a function has, and how many of them a call does not name."""

MIN_VALUE_LENGTH = 40
MIN_VALUES = 3
"""How often a value occurs that becomes a constant, and how long it is."""

MIN_LENGTHS = {"datasource": 20}
"""How long values of some roles are instead."""

MIN_TOKEN_LENGTH = 2
WORD_END, WORD_START = re.compile(r"\w+$"), re.compile(r"^\w+")
"""Of what texts have in common, the part of a word that belongs to the name in them."""

CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")

Path = tuple[int, ...]
ROLES = {"expr": "expression", "legendFormat": "legend", "refId": "ref_id"}
FIXED_KEYWORDS = ("format", "threshold_mode")
"""Arguments that take a few texts alone, so that no parameter stands for them."""

SHARED_ROLES = frozenset(
    {
        "custom",
        "datasource",
        "fields",
        "legend",
        "links",
        "mappings",
        "options",
        "overrides",
        "tooltip",
        "transformations",
    }
)
"""The arguments and fields whose values become constants; parts of them stay where they are."""

VALUE_NAMES = {
    "custom": "style",
    "expr": "expression",
    "fields": "fields",
    "legendFormat": "legend",
}
"""What a value is called by the argument or the field that it stands in."""


@dataclass(frozen=True)
class Sharing:
    """The codes of panels, and the functions and constants that they use."""

    codes: list[Code]
    statements: list[Statement]


def share_code(codes: Sequence[Code], names: NameRegistry) -> Sharing:
    """The codes with calls of common functions, and with names for common values."""
    function_codes, functions = _share_functions(codes, names)
    query_codes, query_functions = share_queries(
        [*function_codes, *(function.body for function in functions)], names
    )
    function_codes = query_codes[: len(function_codes)]
    functions = [
        replace(function, body=body)
        for function, body in zip(functions, query_codes[len(function_codes) :], strict=True)
    ]
    sized_codes, sized_functions = _share_functions(function_codes, names, is_sized=True)
    kinds = share_kinds(sized_codes, names)
    shared_codes, look_functions = share_looks(kinds.codes, names)
    functions = [*query_functions, *functions, *sized_functions, *kinds.functions, *look_functions]
    holders = [*shared_codes, *(function.body for function in functions)]
    for constant in kinds.constants:
        holders = [_replace_value(code, constant.code, Name(constant.name)) for code in holders]
    holders += [constant.code for constant in kinds.constants]
    template_holders, selectors = share_selectors(holders, names)
    new_holders, constants = _share_values(template_holders, names)
    remaining_holders = iter(new_holders)
    new_codes = [next(remaining_holders) for _ in shared_codes]
    new_functions = [replace(function, body=next(remaining_holders)) for function in functions]
    defaults = [replace(constant, code=next(remaining_holders)) for constant in kinds.constants]
    statements: list[Statement] = [*selectors, *constants, *defaults, *new_functions]
    return Sharing(new_codes, statements)


def join_calls(codes: Sequence[Code]) -> list[Code]:
    """The codes with a loop in the place of several calls that differ in their only argument."""
    joined_codes: list[Code] = []
    for _, group in groupby(codes, _find_loop_function):
        calls = list(group)
        first = calls[0]
        if len(calls) < MIN_PANELS or not isinstance(first, Call):
            joined_codes += calls
            continue
        arguments = tuple(call.arguments[0] for call in calls if isinstance(call, Call))
        call = Call(first.function, (Name("name"),))
        joined_codes.append(Spread(call, ("name",), TupleCode(arguments)))
    return joined_codes


def _find_loop_function(code: Code) -> object:
    """The function of a call with a single text; each other code is alone."""
    is_loop = (
        isinstance(code, Call)
        and "." not in code.function
        and code.function.startswith("build_")
        and len(code.arguments) == 1
        and not code.keywords
    )
    return code.function if is_loop and isinstance(code, Call) else id(code)


def _share_functions(
    codes: Sequence[Code], names: NameRegistry, *, is_sized: bool = False
) -> tuple[list[Code], list[Function]]:
    """The codes with calls of functions for panels of one shape, which may have other sizes."""
    new_codes = list(codes)
    functions: list[Function] = []
    for indexes in _group_shapes(codes, is_sized=is_sized):
        calls = [call for index in indexes if isinstance(call := codes[index], Call)]
        sizes: list[Code | None] = [None] * len(calls)
        if is_sized:
            calls, sizes = map(list, zip(*map(_take_size, calls), strict=True))
        plan = _plan_parameters(calls)
        function = _build_function(calls[0], plan, sizes, names) if plan else None
        if plan is None or function is None:
            continue
        functions.append(function)
        for index, arguments, size in zip(indexes, plan.arguments, sizes, strict=True):
            literals: list[Code] = [Literal(argument) for argument in arguments]
            keywords = list(zip(plan.parameters, literals, strict=True))[MAX_POSITIONS:]
            if size is not None:
                keywords.append(("size", size))
            positions = tuple(literals[:MAX_POSITIONS])
            new_codes[index] = Call(function.name, positions, tuple(keywords))
    return new_codes, functions


def _group_shapes(codes: Sequence[Code], *, is_sized: bool) -> Iterator[list[int]]:
    """The places of panels of one shape, at most the size left aside."""
    groups: dict[Code, list[int]] = defaultdict(list)
    for index, code in enumerate(codes):
        if not isinstance(code, Call) or (is_sized and code.function != "raw"):
            continue
        if _find_kind(code) == "text":
            continue
        if len(render_flat(code)) >= MIN_PANEL_LENGTH:
            groups[_blank_texts(_take_size(code)[0] if is_sized else code)].append(index)
    yield from (indexes for indexes in groups.values() if len(indexes) >= MIN_PANELS)


def _take_size(call: Call) -> tuple[Call, Code | None]:
    """A call without its size, and the size."""
    keywords = tuple(item for item in call.keywords if item[0] != "size")
    return replace(call, keywords=keywords), dict(call.keywords).get("size")


def _build_function(
    call: Call, plan: "_Plan", sizes: Sequence[Code | None], names: NameRegistry
) -> Function | None:
    """The function of panels of one shape; the size is a parameter where it differs."""
    body = _replace_texts(call, plan.find_body)
    parameters = list(map(Parameter, plan.parameters))
    options = parameters[MAX_POSITIONS:]
    if isinstance(body, Call) and any(sizes):
        options.append(
            Parameter("size", "GridPos")
            if all(sizes)
            else Parameter("size", "GridPos | None", "None")
        )
        body = replace(body, keywords=(*body.keywords, ("size", Name("size"))))
    name = names.find_function(list_panel_function_names(body)) if isinstance(body, Call) else None
    if name is None:
        return None
    return Function(
        name,
        tuple(parameters[:MAX_POSITIONS]),
        body,
        "dict[str, Any]" if call.function == "raw" else "Any",
        tuple(options),
    )


@dataclass(frozen=True)
class _Plan:
    """The parameters of a function, what they replace, and the arguments of each call."""

    parameters: list[str]
    bodies: dict[Path, Code]
    arguments: list[tuple[str, ...]]

    def find_body(self, path: Path, literal: Literal) -> Code:
        """What stands in the function in the place of a text."""
        return self.bodies.get(path, literal)


def _plan_parameters(calls: Sequence[Code]) -> _Plan | None:
    """Which texts of these calls differ: one parameter for each, or a single one for all."""
    texts = [dict(_list_texts(call)) for call in calls]
    paths = [path for path in texts[0] if len({text[path][1] for text in texts}) > 1]
    if not paths:
        return None
    columns = {path: tuple(text[path][1] for text in texts) for path in paths}
    if (single := _plan_single_parameter(columns)) is not None:
        return single
    roles: dict[tuple[str, ...], str] = {}
    bodies: dict[Path, Code] = {}
    expression_count = sum(texts[0][path][0] == "expression" for path in columns)
    for path, column in columns.items():
        if column not in roles:
            role, _ = texts[0][path]
            _, legend = texts[0].get((*path[:-1], 1), ("", ""))
            if role == "expression" and expression_count > 1 and (*path[:-1], 1) not in columns:
                role = build_identifier(f"{legend} expression", role).lower()
            if role in roles.values():
                return None
            roles[column] = role
        bodies[path] = Name(roles[column])
    if len(roles) > MAX_PARAMETERS:
        return None
    return _Plan(list(roles.values()), bodies, list(zip(*roles, strict=True)))


def _plan_single_parameter(columns: dict[Path, tuple[str, ...]]) -> _Plan | None:
    """One parameter, if all texts differ by the same word."""
    bodies: dict[Path, Code] = {}
    tokens: tuple[str, ...] | None = None
    for path, column in columns.items():
        prefix = WORD_END.sub("", _find_common_prefix(column))
        rests = [text[len(prefix) :] for text in column]
        suffix = WORD_START.sub("", _find_common_prefix([rest[::-1] for rest in rests])[::-1])
        end = -len(suffix) if suffix else None
        column_tokens = tuple(text[len(prefix) : end] for text in column)
        if min(map(len, column_tokens)) < MIN_TOKEN_LENGTH or tokens not in (None, column_tokens):
            return None
        tokens = column_tokens
        parts = [part for part in (prefix, Name("name"), suffix) if part]
        bodies[path] = Name("name") if len(parts) == 1 else Template(tuple(parts))
    if tokens is None or not any(isinstance(body, Template) for body in bodies.values()):
        return None
    return _Plan(["name"], bodies, [(token,) for token in tokens])


def _find_common_prefix(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    length = next(
        (index for index, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1),
        min(len(first), len(last)),
    )
    return first[:length]


def _blank_texts(code: Code) -> Code:
    """The shape of a call: all of it but the texts that a parameter may stand for."""
    return _replace_texts(code, lambda _path, _literal: Literal(""))


def _list_texts(code: Code) -> Iterator[tuple[Path, tuple[str, str]]]:
    """The place, the role and the value of each text that a parameter may stand for."""
    collected: list[tuple[Path, tuple[str, str]]] = []

    def collect(path: Path, literal: Literal, role: str = "") -> Code:
        collected.append((path, (role, str(literal.value))))
        return literal

    _walk(code, (), "", collect)
    yield from collected


def _replace_texts(code: Code, replace_text: Callable[[Path, Literal], Code]) -> Code:
    return _walk(code, (), "", lambda path, literal, _role: replace_text(path, literal))


def _walk(
    code: Code, path: Path, role: str, replace_text: Callable[[Path, Literal, str], Code]
) -> Code:
    """The code with its texts replaced; keys of dictionaries and names of kinds stay."""
    match code:
        case Literal(value):
            return replace_text(path, code, role or "value") if isinstance(value, str) else code
        case Call(function, arguments, keywords):
            new_arguments = tuple(
                argument
                if function == "raw" and index == 0
                else _walk(argument, (*path, index), _find_role(function, index), replace_text)
                for index, argument in enumerate(arguments)
            )
            new_keywords = tuple(
                (
                    name,
                    argument
                    if name in FIXED_KEYWORDS
                    else _walk(argument, (*path, 100 + index), _clean_role(name), replace_text),
                )
                for index, (name, argument) in enumerate(keywords)
            )
            return replace(code, arguments=new_arguments, keywords=new_keywords)
        case ListCode(items):
            return ListCode(_walk_items(items, path, role, replace_text))
        case TupleCode(items):
            return TupleCode(_walk_items(items, path, role, replace_text))
        case DictCode(items):
            return DictCode(
                tuple(
                    (
                        key,
                        _walk(
                            item,
                            (*path, index),
                            _clean_role(str(key.value)) if isinstance(key, Literal) else role,
                            replace_text,
                        ),
                    )
                    for index, (key, item) in enumerate(items)
                )
            )
        case _:
            return code


def _walk_items(
    items: Sequence[Code],
    path: Path,
    role: str,
    replace_text: Callable[[Path, Literal, str], Code],
) -> tuple[Code, ...]:
    return tuple(
        _walk(item, (*path, index), role, replace_text) for index, item in enumerate(items)
    )


def _find_role(function: str, index: int) -> str:
    if function == "Query":
        return ("expression", "legend")[index] if index < 2 else "value"
    if function.startswith("build_") and function.endswith("_query"):
        return ("metric", "legend")[index] if index < 2 else "value"
    title_index = 1 if function == "raw" else 0
    return "title" if index == title_index else "expression"


def _clean_role(name: str) -> str:
    return ROLES.get(name) or build_identifier(name, "value").lower()


def _share_values(codes: Sequence[Code], names: NameRegistry) -> tuple[list[Code], list[Constant]]:
    """Names for the dictionaries and lists that occur several times, the longest ones first."""
    counts: Counter[tuple[str, Code]] = Counter()
    kinds: dict[Code, set[str]] = defaultdict(set)
    for code in codes:
        kind = _find_kind(code)
        for role, value in _list_values(code):
            counts[role, value] += 1
            kinds[value].add(kind)
    totals: Counter[Code] = Counter()
    roles: dict[Code, str] = {}
    for (role, value), count in counts.items():
        totals[value] += count
        roles.setdefault(value, role)
    chosen = [
        value
        for value, count in totals.items()
        if count >= MIN_VALUES
        and len(render_flat(value)) >= MIN_LENGTHS.get(roles[value], MIN_VALUE_LENGTH)
        and not _has_names(value)
    ]
    chosen.sort(
        key=lambda value: (
            roles[value] != "datasource",
            -len(render_flat(value)),
            render_flat(value),
        )
    )
    new_codes = list(codes)
    constants: list[Constant] = []
    texts: dict[str, str] = {}
    for index, value in enumerate(chosen):
        if sum(_count_value(code, value) for code in new_codes) < MIN_VALUES:
            continue
        constant = Constant(f"constant {index}", value)
        new_codes, constants = _replace_everywhere(new_codes, constants, value, Name(constant.name))
        constants.insert(0, constant)
        texts[constant.name] = _name_value(roles[value], value, kinds[value])
    return _name_constants(new_codes, constants, texts, names)


def _replace_everywhere(
    codes: Sequence[Code], constants: Sequence[Constant], value: Code, new_value: Code
) -> tuple[list[Code], list[Constant]]:
    """The codes and constants with another code in the place of a value."""
    return [_replace_value(code, value, new_value) for code in codes], [
        replace(constant, code=_replace_value(constant.code, value, new_value))
        for constant in constants
    ]


def _name_constants(
    codes: list[Code],
    constants: list[Constant],
    texts: dict[str, str],
    names: NameRegistry,
) -> tuple[list[Code], list[Constant]]:
    """The codes and constants with names for the places of these; the shortest has the plainest."""
    values = {constant.name: constant.code for constant in constants}
    places = sorted(texts, key=lambda place: len(render_flat(values[place])))
    for place in places:
        text = texts[place]
        peers = [values[peer] for peer in places if peer != place and texts[peer] == text]
        name = names.find_constant([text, *_list_names(text, values[place], peers)])
        if name is None:
            value = next(constant.code for constant in constants if constant.name == place)
            constants = [constant for constant in constants if constant.name != place]
            codes, constants = _replace_everywhere(codes, constants, Name(place), value)
            continue
        codes, constants = _replace_everywhere(codes, constants, Name(place), Name(name))
        constants = [
            replace(constant, name=name) if constant.name == place else constant
            for constant in constants
        ]
    return codes, constants


def _find_kind(code: Code) -> str:
    if isinstance(code, Call) and code.function == "raw" and isinstance(code.arguments[0], Literal):
        return str(code.arguments[0].value)
    return code.function.removeprefix("build_") if isinstance(code, Call) else ""


def _list_values(code: Code, role: str = "") -> Iterator[tuple[str, Code]]:
    """The dictionaries and lists in a code, with the argument or the field that they stand in."""
    is_value = isinstance(code, DictCode | ListCode) or role == "overrides"
    if role in SHARED_ROLES and is_value:
        yield role, code
    if isinstance(code, Call):
        for argument in code.arguments:
            yield from _list_values(argument)
        for name, argument in code.keywords:
            yield from _list_values(argument, name)
    elif isinstance(code, DictCode):
        for key, item in code.items:
            yield from _list_values(item, str(key.value) if isinstance(key, Literal) else "")
    else:
        for part in list_parts(code):
            yield from _list_values(part)


def _name_value(role: str, value: Code, kinds: set[str]) -> str:
    """What a value is: the type of a data source, else the argument and the kind of the panels."""
    if role == "datasource" and isinstance(value, DictCode):
        for key, item in value.items:
            if isinstance(key, Literal) and key.value == "type" and isinstance(item, Literal):
                return str(item.value)
        return "data source"
    name = VALUE_NAMES.get(role, role)
    return f"{next(iter(kinds))} {name}" if len(kinds) == 1 else name


def _list_names(text: str, value: Code, peers: Sequence[Code]) -> list[str]:
    """Other names for a value: by a key, or a key and its value, that others of its name have not.

    The key stands before the last word: `timeseries stacking style`.
    """
    start, _, end = text.rpartition(" ")
    words = list(dict.fromkeys(_list_key_words(value)))
    peer_words = [{*_list_key_words(peer)} for peer in peers]
    own_words = [word for word in words if not any(word in others for others in peer_words)]
    other_words = [word for word in words if not all(word in others for others in peer_words)]
    return [f"{start} {word} {end}" for word in (*own_words, *other_words)]


def _list_key_words(code: Code) -> Iterator[str]:
    """The keys in a value, and then the keys with the values that say something short."""
    items = list(_list_items(code))
    yield from (key for key, item in items if item != Literal(value=False))
    for key, item in items:
        if isinstance(item, Literal) and item.value not in (True, None, ""):
            yield f"no {key}" if item.value is False else f"{key} {item.value}"


def _list_items(code: Code) -> Iterator[tuple[str, Code]]:
    if isinstance(code, DictCode):
        for key, item in code.items:
            if isinstance(key, Literal):
                yield CAMEL_CASE.sub(" ", str(key.value)), item
    for part in list_parts(code):
        yield from _list_items(part)


def _has_names(code: Code) -> bool:
    """Whether a code uses a name, such as a parameter of the function that it stands in."""
    return isinstance(code, Name | Template) or any(map(_has_names, list_parts(code)))


def _count_value(code: Code, value: Code) -> int:
    if code == value:
        return 1
    return sum(_count_value(part, value) for part in list_parts(code))


def _replace_value(code: Code, value: Code, name: Code) -> Code:
    """The code with another one in the place of a value, wherever it is."""
    if code == value:
        return name
    match code:
        case Call(_, arguments, keywords):
            return replace(
                code,
                arguments=tuple(_replace_value(argument, value, name) for argument in arguments),
                keywords=tuple(
                    (key, _replace_value(argument, value, name)) for key, argument in keywords
                ),
            )
        case ListCode(items):
            return ListCode(tuple(_replace_value(item, value, name) for item in items))
        case TupleCode(items):
            return TupleCode(tuple(_replace_value(item, value, name) for item in items))
        case DictCode(items):
            return DictCode(tuple((key, _replace_value(item, value, name)) for key, item in items))
        case _:
            return code
