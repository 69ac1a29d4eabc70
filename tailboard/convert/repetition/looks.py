"""Panels of one look: a function that says what they share, with parameters for the rest."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

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
    list_literal_texts,
    render_flat,
)
from tailboard.convert.module_text import Function, Parameter
from tailboard.convert.names import NameRegistry, build_identifier, build_title_identifier
from tailboard.panels.style import GOOD

MIN_PANELS = 3
MAX_OPTIONS = 4
"""How many panels have a function of their own, and how many arguments it has for the rest."""

FUNCTION_LINES = 10
"""How long a function is without parameters that a call names."""

TITLE = Parameter("title")

QUERIES = "queries"
QUERY_TYPES = ("Query", "str", "Mapping[str, Any]")
"""What a query is: PromQL with a legend, PromQL alone, JSON."""

NO_UNITS = ("none", "short")
"""Units of numbers that are nothing else."""

OPTIONS: Mapping[str, tuple[str, Code]] = {
    "description": ("str", Literal("")),
    "unit": ("str", Literal("")),
    "thresholds": ("Thresholds | None", Literal(None)),
    "base": ("str", Literal(GOOD)),
    "fields": ("Mapping[str, Any] | None", Literal(None)),
    "custom": ("Mapping[str, Any] | None", Literal(None)),
    "overrides": ("Sequence[Mapping[str, Any]]", TupleCode()),
    "options": ("Mapping[str, Any] | None", Literal(None)),
    "transformations": ("Sequence[Mapping[str, Any]]", TupleCode()),
    "size": ("GridPos | None", Literal(None)),
    "extra": ("Mapping[str, Any] | None", Literal(None)),
}
"""The arguments of `raw` that a parameter may stand for: their types and defaults."""

LOOKS = (("custom", "options"), ("custom",), ("options",))
"""The arguments in which panels of one look are equal, the closest look first."""

FIXED_ARGUMENTS = ("threshold_mode", "base")
"""Arguments without a parameter: they are the same in panels of one look."""

ARGUMENTS = ("description", "unit", "thresholds", *FIXED_ARGUMENTS, *list(OPTIONS)[4:])
"""All named arguments of `raw` in their order."""

CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")

LABEL_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A label in the legend of a query."""

Look = tuple[str, tuple[Code | None, ...]]


def share_looks(codes: Sequence[Code], names: NameRegistry) -> tuple[list[Code], list[Function]]:
    """The codes with calls of functions for panels of the same kind in the same look."""
    new_codes = list(codes)
    functions: list[Function] = []
    for arguments in LOOKS:
        for indexes in _group_looks(new_codes, arguments):
            calls = [call for index in indexes if isinstance(call := new_codes[index], Call)]
            shared_keywords = _list_shared_keywords(calls)
            if not _is_shorter(calls, shared_keywords):
                continue
            function = _build_function(calls, shared_keywords, names)
            if function is None:
                continue
            functions.append(function)
            for index, call in zip(indexes, calls, strict=True):
                keywords = tuple(item for item in call.keywords if item[0] not in shared_keywords)
                new_codes[index] = Call(function.name, call.arguments[1:], keywords)
    return new_codes, functions


def _group_looks(codes: Sequence[Code], arguments: Sequence[str]) -> Iterator[list[int]]:
    """The places of panels of one kind that are equal in these arguments."""
    groups: dict[Look, list[int]] = defaultdict(list)
    for index, code in enumerate(codes):
        if isinstance(code, Call) and code.function == "raw" and len(code.arguments) == 3:
            keywords = dict(code.keywords)
            if any(argument in keywords for argument in arguments):
                look = tuple(keywords.get(argument) for argument in (*arguments, *FIXED_ARGUMENTS))
                groups[render_flat(code.arguments[0]), look].append(index)
    yield from (indexes for indexes in groups.values() if len(indexes) >= MIN_PANELS)


def _list_shared_keywords(calls: Sequence[Call]) -> dict[str, Code]:
    """The arguments that all calls have with the same value."""
    first, *others = (dict(call.keywords) for call in calls)
    return {
        name: code
        for name, code in first.items()
        if all(keywords.get(name) == code for keywords in others)
    }


def _is_shorter(calls: Sequence[Call], shared_keywords: Mapping[str, Code]) -> bool:
    """Whether the arguments that calls leave out are more than the lines of the function."""
    used_names = {name for call in calls for name, _ in call.keywords}
    option_count = len(used_names - {*shared_keywords})
    saved_count = len(shared_keywords) * len(calls)
    return option_count <= MAX_OPTIONS and saved_count >= FUNCTION_LINES + 2 * option_count


def _build_function(
    calls: Sequence[Call], shared_keywords: Mapping[str, Code], names: NameRegistry
) -> Function | None:
    """The function of these panels: what differs are parameters."""
    used_names = {name for call in calls for name, _ in call.keywords}
    options: list[Parameter] = []
    keywords: list[tuple[str, Code]] = []
    for name in ARGUMENTS:
        if name in shared_keywords:
            keywords.append((name, shared_keywords[name]))
        elif name in used_names:
            annotation, default = OPTIONS[name]
            is_needed = all(name in dict(call.keywords) for call in calls)
            kind = annotation.removesuffix(" | None") if is_needed else annotation
            options.append(Parameter(name, kind, "" if is_needed else render_flat(default)))
            keywords.append((name, Name(name)))
    options.sort(key=lambda option: bool(option.default))
    ranked_options = sorted(options, key=_rank_option)
    body = Call("raw", (calls[0].arguments[0], Name("title"), Name("queries")), tuple(keywords))
    words = [word for code in shared_keywords.values() for word in _list_style_words(code)]
    text = name_panel_function(body)
    words_in_common = find_common_words(list_titles(calls))
    function_name = names.find_function(
        [
            text,
            *(
                [f"build_{words_in_common}_{text.removeprefix('build_')}"]
                if words_in_common
                else []
            ),
            *(f"{text}_with_{option.name}" for option in ranked_options),
            *(f"{text}_with_{word}" for word in words),
        ]
    )
    if function_name is None:
        return None
    return Function(
        function_name,
        (TITLE, build_queries_parameter(calls)),
        body,
        "dict[str, Any]",
        tuple(options),
    )


def build_queries_parameter(calls: Sequence[Call]) -> Parameter:
    """The parameter for the queries of panels, typed for what the calls pass."""
    lists = [code for call in calls for code in call.arguments[2:] if isinstance(code, ListCode)]
    items = {_find_query_type(item) for code in lists for item in code.items}
    types = [kind for kind in QUERY_TYPES if kind in items]
    return Parameter(QUERIES, f"Sequence[{' | '.join(types or QUERY_TYPES)}]")


def _find_query_type(code: Code) -> str:
    if isinstance(code, Call):
        return "Query"
    return "Mapping[str, Any]" if isinstance(code, DictCode) else "str"


def list_panel_function_names(body: Call, titles: Sequence[str]) -> list[str]:
    """Names by the words that all titles have, by kind, by labels of legends, by what it has."""
    name = name_panel_function(body)
    kind = find_kind(body)
    legends = [code for code in list_literal_texts(body) if LABEL_LEGEND.search(code)]
    labels = [label for legend in legends for label in LABEL_LEGEND.findall(legend)]
    keywords = dict(body.keywords)
    arguments = ("overrides", "transformations", "fields", "thresholds", "extra", "description")
    title = _read_title_words(body)
    return [
        *([f"build_{title}"] if title else []),
        *(f"build_{words}_{kind}" for words in (title, find_common_words(titles)) if words),
        name,
        *(f"{name}_by_{label}" for label in dict.fromkeys(labels)),
        *(f"{name}_with_{argument}" for argument in arguments if argument in keywords),
        *(f"{name}_with_{word}" for code in keywords.values() for word in _list_style_words(code)),
    ]


def list_titles(calls: Sequence[Call]) -> list[str]:
    """The titles of panels of the kind `raw`."""
    titles = (call.arguments[1] for call in calls if call.function == "raw")
    return [str(title.value) for title in titles if isinstance(title, Literal)]


def _read_title_words(body: Call) -> str:
    """The words of a title that all panels of a function have."""
    arguments = body.arguments[1:] if body.function == "raw" else body.arguments
    match next(iter(arguments), None):
        case Literal(str(text)):
            return build_title_identifier(text).lower()
        case Template(parts):
            texts = (part if isinstance(part, str) else f"${part.text}" for part in parts)
            return build_title_identifier("".join(texts)).lower()
        case _:
            return ""


def find_common_words(titles: Sequence[str]) -> str:
    """The words that all titles begin with, else those that they end with, as in a name."""
    rows = [build_title_identifier(title).lower().split("_") for title in titles]
    for words in (_list_common_words(rows), _list_common_words([row[::-1] for row in rows])[::-1]):
        if name := build_identifier(" ".join(words), "").strip("_"):
            return name
    return ""


def _list_common_words(rows: Sequence[Sequence[str]]) -> list[str]:
    columns = zip(*(row[:-1] for row in rows), strict=False)
    return [column[0] for column in takewhile(lambda column: len({*column}) == 1, columns)]


def _list_style_words(code: Code) -> Iterator[str]:
    """The keys of a style, by which another one may differ: `stacking`, `legend`."""
    if isinstance(code, DictCode):
        for key, item in code.items:
            if isinstance(key, Literal):
                yield CAMEL_CASE.sub("_", str(key.value))
            yield from _list_style_words(item)


def _rank_option(option: Parameter) -> int:
    """How little a parameter says about a function; what a panel draws says most."""
    names = ("overrides", "transformations", "fields", "thresholds", "extra", "description")
    return names.index(option.name) if option.name in names else len(names)


def name_panel_function(body: Call) -> str:
    """A name by the kind of panel and its unit, if all have the same: `build_bytes_timeseries`."""
    kind: Code = body.arguments[0] if body.function == "raw" else Literal(body.function)
    unit = dict(body.keywords).get("unit")
    words = [
        str(code.value)
        for code in (unit, kind)
        if isinstance(code, Literal) and code.value not in NO_UNITS
    ]
    return "_".join(
        ["build", *(word for word in map(build_identifier, words, ("", "panel")) if word)]
    )
