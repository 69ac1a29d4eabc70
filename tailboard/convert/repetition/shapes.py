"""Panels of one shape: a function that says it once, with parameters for the texts that differ."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    Name,
    Template,
    TupleCode,
    find_kind,
    render_flat,
)
from tailboard.convert.module_text import Function, Parameter
from tailboard.convert.names import NameRegistry, build_identifier, is_free_parameter
from tailboard.convert.repetition.looks import list_panel_function_names, list_titles

MIN_PANELS = 3
"""How many panels of one shape become a function."""

MIN_PANEL_LENGTH = 120
MAX_PARAMETERS = 4
MAX_POSITIONS = 2
"""How many parameters a function has, and how many of them a call does not name."""

BRACKETS, QUOTES = ("()", "[]", "{}"), "\"'`"
MIN_WORD_LENGTH = 2
WORD_END, WORD_START = re.compile(r"\w+$"), re.compile(r"^\w+")
"""Of what texts have in common, the part of a word that belongs to the name in them."""

VALUE_BEGINNING = re.compile(r"""(\w+)\s*(?:=~|!~|!=|=)\s*["'`][.*^(]*\Z""")
"""A label before its value, of which no more than signs of a regular expression are said."""

Path = tuple[int, ...]
ROLES = {"expr": "expression", "legendFormat": "legend", "refId": "ref_id"}
FIXED_KEYWORDS = ("format", "threshold_mode")
"""Arguments that take a few texts alone, so that no parameter stands for them."""


def share_shapes(
    codes: Sequence[Code],
    names: NameRegistry,
    *,
    is_sized: bool = False,
    is_single_query_wanted: bool = True,
) -> tuple[list[Code], list[Function]]:
    """The codes with calls of functions for panels of one shape, which may have other sizes.

    Panels of a single query, whose title and expression differ, may be left to other functions.
    """
    new_codes = list(codes)
    functions: list[Function] = []
    for indexes in _group_shapes(codes, is_sized=is_sized):
        calls = [call for index in indexes if isinstance(call := codes[index], Call)]
        sizes: list[Code | None] = [None] * len(calls)
        if is_sized:
            calls, sizes = map(list, zip(*map(_take_size, calls), strict=True))
        plan = _plan_parameters(calls)
        if plan and not plan.is_word and not is_single_query_wanted and _has_single_query(calls[0]):
            continue
        function = _build_function(calls, plan, sizes, names) if plan else None
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
        if find_kind(code) == "text" or code.function.startswith("build_"):
            continue
        if len(render_flat(code)) >= MIN_PANEL_LENGTH:
            groups[_blank_texts(_take_size(code)[0] if is_sized else code)].append(index)
    yield from (indexes for indexes in groups.values() if len(indexes) >= MIN_PANELS)


def _has_single_query(call: Call) -> bool:
    """Whether a panel is of the kind `raw` and has one query."""
    queries = call.arguments[2] if call.function == "raw" and len(call.arguments) > 2 else None
    return isinstance(queries, ListCode) and len(queries.items) == 1


def _take_size(call: Call) -> tuple[Call, Code | None]:
    """A call without its size, and the size."""
    keywords = tuple(item for item in call.keywords if item[0] != "size")
    return replace(call, keywords=keywords), dict(call.keywords).get("size")


def _build_function(
    calls: Sequence[Call], plan: "_Plan", sizes: Sequence[Code | None], names: NameRegistry
) -> Function | None:
    """The function of panels of one shape; the size is a parameter where it differs."""
    body = _replace_texts(calls[0], plan.find_body)
    parameters = list(map(Parameter, plan.parameters))
    options = parameters[MAX_POSITIONS:]
    if not isinstance(body, Call):
        return None
    if any(sizes):
        options.append(
            Parameter("size", "GridPos")
            if all(sizes)
            else Parameter("size", "GridPos | None", "None")
        )
        body = replace(body, keywords=(*body.keywords, ("size", Name("size"))))
    name = names.find_function(list_panel_function_names(body, list_titles(calls)))
    if name is None:
        return None
    return Function(
        name,
        tuple(parameters[:MAX_POSITIONS]),
        body,
        "dict[str, Any]" if body.function == "raw" else "Any",
        tuple(options),
    )


@dataclass(frozen=True)
class _Plan:
    """The parameters of a function, what they replace, and the arguments of each call."""

    parameters: list[str]
    bodies: dict[Path, Code]
    arguments: list[tuple[str, ...]]
    is_word: bool = False
    """Whether all differs by one word, so that the only parameter stands within texts."""

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
    text_roles = {path: texts[0][path][0] for path in paths}
    if (single := _plan_single_parameter(columns, text_roles)) is not None:
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


def _plan_single_parameter(
    columns: dict[Path, tuple[str, ...]], roles: Mapping[Path, str]
) -> _Plan | None:
    """One parameter, if all texts differ by the same word."""
    texts: dict[Path, tuple[str, str]] = {}
    words: tuple[str, ...] | None = None
    for path, column in columns.items():
        prefix = WORD_END.sub("", _find_common_prefix(column))
        rests = [text[len(prefix) :] for text in column]
        suffix = WORD_START.sub("", _find_common_prefix([rest[::-1] for rest in rests])[::-1])
        end = -len(suffix) if suffix else None
        column_words = tuple(text[len(prefix) : end] for text in column)
        if min(map(len, column_words)) < MIN_WORD_LENGTH or words not in (None, column_words):
            return None
        words = column_words
        texts[path] = prefix, suffix
    if words is None or not any("".join(pair) for pair in texts.values()):
        return None
    if not all(map(_is_whole, words)):
        return None
    name = _name_word([(roles[path], prefix) for path, (prefix, _) in texts.items()])
    bodies = {path: _build_text(prefix, name, suffix) for path, (prefix, suffix) in texts.items()}
    return _Plan([name], bodies, [(word,) for word in words], is_word=True)


def _is_whole(word: str) -> bool:
    """Whether a text closes its own brackets and quotes, and no others."""
    depths = (word.count(pair[0]) - word.count(pair[1]) for pair in BRACKETS)
    return not any(depths) and not any(word.count(quote) % 2 for quote in QUOTES)


def _name_word(places: Sequence[tuple[str, str]]) -> str:
    """What a word is by where it stands: a metric, or the value of a label."""
    labels = [match[1] for role, text in places if (match := VALUE_BEGINNING.search(text)) and role]
    names = [*labels, *(role for role, text in places if role == "metric" and not text)]
    return next((name for name in names if is_free_parameter(name)), "name")


def _build_text(prefix: str, name: str, suffix: str) -> Code:
    parts = [part for part in (prefix, Name(name), suffix) if part]
    return Name(name) if len(parts) == 1 else Template(tuple(parts))


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
