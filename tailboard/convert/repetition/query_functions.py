"""Queries of one shape: a function that says the expression once, with parameters for the rest."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tailboard.convert.code import (
    Call,
    Code,
    Literal,
    Name,
    Template,
    list_parts,
    render_flat,
    replace_parts,
    walk_code,
)
from tailboard.convert.module_text import Function, Parameter
from tailboard.convert.names import NameRegistry, build_title_identifier
from tailboard.convert.repetition.selectors import MATCHER, SELECTOR

QUERY_TYPE = "Query"
"""What functions of queries return."""

MIN_QUERIES = 3
MIN_SAVED_LENGTH = 80
"""How many queries of one shape become a function, and how much of them it has to save."""

MAX_PARAMETERS = 2
"""How many parts of an expression may differ."""

MAX_POSITIONS = 2
"""How many arguments a call does not name."""

TOKEN = re.compile(
    r"""
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
    |(?P<labels>\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\))
    |(?P<range>\[[^\]]*\])
    |(?P<variable>\$\w+|\$\{[^}]*\})
    |(?P<word>[A-Za-z_:][\w:]*)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<other>\s+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = frozenset(
    "and bool by group_left group_right ignoring inf nan offset on or unless".split()
)
CALL_BEHIND = re.compile(r"\s*(?:\(|(?:by|without)\b)")
"""What stands behind the name of a function or an aggregation: `sum(...)`, `sum by (pod) (...)`."""

LABEL_BEFORE = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\Z")
"""The label of a value in a selector."""

NUMBER_NAMES = {"histogram_quantile": "quantile", "topk": "limit", "bottomk": "limit"}
"""What the first argument of a function is called, where it may differ."""

NUMBER = re.compile(r"\d+\.\d+")
RATES = ("rate", "irate", "increase", "delta", "idelta", "deriv")
AGGREGATIONS = ("sum", "avg", "max", "min", "count", "topk", "bottomk", "quantile")
BY_LABELS = re.compile(r"\bby\s*\(\s*([\w\s,]+?)\s*\)")
RANGE = re.compile(r"\[(\d+\w+|\$\w+)\]")
RANGE_NAMES = {"$__rate_interval": "interval", "$__interval": "interval", "$__range": "range"}
CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
VARIABLE_NAME = re.compile(r"\$\{?(\w+)")
BITS = re.compile(r"\*\s*8\s*\Z|\A\s*8\s*\*")
METRIC_ENDING = re.compile(r"(_(seconds|bytes|ratio))?(_(total|bucket|sum|count))?\Z")
MAX_METRIC_WORDS = 3
"""How many words of a metric are in a name; the first ones are those of its program."""

COMPOSED_OPERATIONS = ("average", "quantile", "ratio")
"""What the name of a function says besides the metric."""

RESERVED_PARAMETERS = frozenset({"legend", "metric", "Query"})


class Token(NamedTuple):
    """A part of an expression; `role` is the parameter that may stand for it, if one may."""

    text: str
    role: str = ""


@dataclass(frozen=True)
class _Shape:
    """The parameters of a function, and the arguments of each call."""

    body: Template
    parameters: list[str]
    arguments: list[tuple[str, ...]]


def share_queries(codes: Sequence[Code], names: NameRegistry) -> tuple[list[Code], list[Function]]:
    """The codes with calls of functions in the place of queries that differ by a metric or two."""
    new_codes = list(codes)
    functions: list[Function] = []
    common_words = _list_common_words(codes)
    for roles in (("metric", "number"), ("metric", "number", "label")):
        groups: dict[tuple[str, ...], list[Call]] = defaultdict(list)
        for code in new_codes:
            for query in _list_queries(code):
                groups[_build_shape_key(query, roles)].append(query)
        titles = _list_panel_titles(new_codes)
        for queries in sorted(groups.values(), key=len, reverse=True):
            function_calls = _build_function(list(dict.fromkeys(queries)), roles)
            if function_calls is None:
                continue
            function, calls = function_calls
            panel_titles = {title for query in queries for title in titles[query]}
            title = panel_titles.pop() if len(panel_titles) == 1 else ""
            expression = _read_texts(queries[0])[0]
            parameters = [entry.name for entry in (*function.parameters, *function.options)]
            name = names.find_function(_list_names(expression, parameters, title, common_words))
            if name is None:
                continue
            functions.append(replace(function, name=name))
            named_calls = {query: replace(call, function=name) for query, call in calls.items()}
            new_codes = [_replace_queries(code, named_calls) for code in new_codes]
    return new_codes, functions


def _list_common_words(codes: Sequence[Code]) -> frozenset[str]:
    """The words of selectors that all queries have, so that they tell none from another."""
    expressions = {_read_texts(query)[0] for code in codes for query in _list_queries(code)}
    words = [{*_list_selector_words(expression)} for expression in expressions]
    return frozenset(set.intersection(*words) if words else ())


def inline_single_calls(
    codes: Sequence[Code], functions: Sequence[Function]
) -> tuple[list[Code], list[Function]]:
    """The codes and functions without functions of queries that are called once: their query."""
    names = Counter(name for code in codes for name in _list_calls(code))
    single_functions = {
        function.name: function for function in functions if names[function.name] == 1
    }
    new_codes = [_replace_calls(code, single_functions) for code in codes]
    return new_codes, [entry for entry in functions if entry.name not in single_functions]


def _list_calls(code: Code) -> Iterator[str]:
    return (part.function for part in walk_code(code) if isinstance(part, Call))


def _replace_calls(code: Code, functions: Mapping[str, Function]) -> Code:
    if isinstance(code, Call) and (function := functions.get(code.function)):
        parameters = (*function.parameters, *function.options)
        arguments = (*code.arguments, *(argument for _, argument in code.keywords))
        names = [parameter.name for parameter in parameters]
        return _replace_names(function.body, dict(zip(names, arguments, strict=True)))
    return replace_parts(code, lambda part: _replace_calls(part, functions))


def _replace_names(code: Code, arguments: Mapping[str, Code]) -> Code:
    """The body of a function with the arguments of a call in it."""
    match code:
        case Name(name):
            return arguments.get(name, code)
        case Template(parts):
            codes = (
                arguments.get(part.text, part) if isinstance(part, Name) else part for part in parts
            )
            return _join_texts(
                [
                    part
                    for code in codes
                    for part in (code.parts if isinstance(code, Template) else (code,))
                ]
            )
        case _:
            return replace_parts(code, lambda part: _replace_names(part, arguments))


def _join_texts(codes: Sequence[Code | str]) -> Code:
    """An f-string of texts and names, or a text where no name is in it."""
    parts = [
        str(code.value) if isinstance(code, Literal) else code
        for code in codes
        if isinstance(code, Literal | Name | str)
    ]
    if all(isinstance(part, str) for part in parts):
        return Literal("".join(map(str, parts)))
    return _build_template(parts)


def _list_panel_titles(codes: Sequence[Code]) -> dict[Call, set[str]]:
    """The titles of the panels that have each query; in a function it is no single one."""
    titles: dict[Call, set[str]] = defaultdict(set)
    for index, code in enumerate(codes):
        arguments = code.arguments if isinstance(code, Call) else ()
        literals = [part for part in arguments if isinstance(part, Literal)]
        title = str(literals[-1].value) if literals else f"panel {index}"
        for query in _list_queries(code):
            titles[query].add(title)
    return titles


def _list_queries(code: Code) -> Iterator[Call]:
    """The queries whose expression and legend are texts."""
    if isinstance(code, Call) and code.function == "Query":
        if all(
            isinstance(part, Literal) and isinstance(part.value, str) for part in code.arguments
        ):
            yield code
        return
    for part in list_parts(code):
        yield from _list_queries(part)


def _replace_queries(code: Code, calls: dict[Call, Call]) -> Code:
    if isinstance(code, Call) and code.function == "Query":
        return calls.get(code, code)
    return replace_parts(code, lambda part: _replace_queries(part, calls))


def _read_texts(query: Call) -> list[str]:
    return [str(part.value) for part in query.arguments if isinstance(part, Literal)]


def _build_shape_key(query: Call, roles: Sequence[str]) -> tuple[str, ...]:
    tokens = _split_expression(_read_texts(query)[0], roles)
    keywords = Call("", (), query.keywords)
    return (
        *(f"\0{token.role}" if token.role else token.text for token in tokens),
        str(len(query.arguments)),
        render_flat(keywords),
    )


def _split_expression(expression: str, roles: Sequence[str]) -> list[Token]:
    """The tokens of PromQL, with the roles of those that a parameter may stand for."""
    tokens: list[Token] = []
    depth = 0
    for match in TOKEN.finditer(expression):
        text, kind = match[0], match.lastgroup
        before, after = expression[: match.start()], expression[match.end() :]
        depth += (text == "{") - (text == "}")
        role = ""
        if kind == "word" and not depth and text.lower() not in KEYWORDS:
            role = "" if CALL_BEHIND.match(after) else "metric"
        elif kind == "string" and depth:
            label = LABEL_BEFORE.search(before)
            role = f"label {label[1]}" if label and "$" not in text and len(text) > 3 else ""
        elif kind == "number":
            opening = before.rstrip()
            name = next((name for name in NUMBER_NAMES if opening.endswith(f"{name}(")), "")
            role = f"number {NUMBER_NAMES[name]}" if name else ""
        is_wanted = role.partition(" ")[0] in roles
        if role.startswith("label ") and is_wanted:
            tokens += [Token(text[0]), Token(text[1:-1], role), Token(text[-1])]
        else:
            tokens.append(Token(text, role if is_wanted else ""))
    return tokens


def _build_function(
    queries: Sequence[Call], roles: Sequence[str]
) -> tuple[Function, dict[Call, Call]] | None:
    """The function of queries of one shape, and its calls; None where it would not pay.

    It has no name yet.
    """
    if len(queries) < MIN_QUERIES:
        return None
    shape = _find_shape(queries, roles)
    if shape is None:
        return None
    parameters, arguments, body_arguments = shape.parameters, shape.arguments, [shape.body]
    legends = [texts[1] for texts in map(_read_texts, queries) if len(texts) > 1]
    legend_codes: list[Code] = []
    if len({*legends}) > 1:
        parameters = [*parameters, "legend"]
        arguments = [(*own, legend) for own, legend in zip(arguments, legends, strict=True)]
        legend_codes = [Name("legend")]
    elif legends:
        legend_codes = [Literal(legends[0])]
    body = Call("Query", (*body_arguments, *legend_codes), queries[0].keywords)
    columns = list(zip(*arguments, strict=True))
    typed_parameters = list(map(_build_parameter, parameters, columns))
    calls = [_build_call(typed_parameters, own) for own in arguments]
    saved = sum(
        len(render_flat(query)) - len(render_flat(call))
        for query, call in zip(queries, calls, strict=True)
    )
    if saved - len(render_flat(body)) < MIN_SAVED_LENGTH:
        return None
    function = Function(
        "",
        tuple(typed_parameters[:MAX_POSITIONS]),
        body,
        QUERY_TYPE,
        tuple(typed_parameters[MAX_POSITIONS:]),
    )
    return function, dict(zip(queries, calls, strict=True))


def _build_parameter(name: str, texts: Sequence[str]) -> Parameter:
    """A parameter that is a number where each text is that of one; a legend stays a text."""
    is_number = name != "legend" and all(
        NUMBER.fullmatch(text) and text == repr(float(text)) for text in texts
    )
    return Parameter(name, "float" if is_number else "str")


def _build_call(parameters: Sequence[Parameter], arguments: Sequence[str]) -> Call:
    literals = [
        Literal(float(text) if parameter.kind == "float" else text)
        for parameter, text in zip(parameters, arguments, strict=True)
    ]
    names = [parameter.name for parameter in parameters]
    keywords = tuple(zip(names, literals, strict=True))[MAX_POSITIONS:]
    return Call("", tuple(literals[:MAX_POSITIONS]), keywords)


def _find_shape(queries: Sequence[Call], roles: Sequence[str]) -> _Shape | None:
    """What differs in the expressions: one parameter for each, or one for a metric's parts."""
    rows = [_split_expression(_read_texts(query)[0], roles) for query in queries]
    columns = [tuple(token.text for token in column) for column in zip(*rows, strict=True)]
    varying = [index for index, column in enumerate(columns) if len({*column}) > 1]
    if not varying:
        return None
    stem, suffixes = _find_stem([columns[index] for index in varying])
    if stem is not None and all(rows[0][index].role == "metric" for index in varying):
        bodies = dict(zip(varying, suffixes, strict=True))
        parts = [
            part
            for index, token in enumerate(rows[0])
            for part in ((Name("metric"), bodies[index]) if index in bodies else (token.text,))
        ]
        return _Shape(_build_template(parts), ["metric"], [(text,) for text in stem])
    names: dict[tuple[str, ...], str] = {}
    for index in varying:
        if columns[index] not in names:
            name = rows[0][index].role.rpartition(" ")[2]
            if name in names.values() or (name in RESERVED_PARAMETERS and name != "metric"):
                return None
            names[columns[index]] = name
    if len(names) > MAX_PARAMETERS or not all(name.isidentifier() for name in names.values()):
        return None
    parts = [
        Name(names[columns[index]]) if index in varying else token.text
        for index, token in enumerate(rows[0])
    ]
    columns_by_name = {name: column for column, name in names.items()}
    parameters = sorted(columns_by_name, key=lambda name: name != "metric")
    arguments = list(zip(*(columns_by_name[name] for name in parameters), strict=True))
    return _Shape(_build_template(parts), parameters, arguments)


def _find_stem(
    columns: Sequence[tuple[str, ...]],
) -> tuple[tuple[str, ...] | None, list[str]]:
    """What the metrics of each query have in common, if they differ in their ends alone."""
    if len({*columns}) < 2:
        return None, []
    suffixes = [f"_{column[0].rpartition('_')[2]}" for column in columns]
    if not all(
        text.endswith(suffix)
        for column, suffix in zip(columns, suffixes, strict=True)
        for text in column
    ):
        return None, []
    stems = {
        tuple(text.removesuffix(suffix) for text in column)
        for column, suffix in zip(columns, suffixes, strict=True)
    }
    return (stems.pop(), suffixes) if len(stems) == 1 else (None, [])


def _build_template(parts: Sequence[str | Name]) -> Template:
    """An f-string, in which texts beside each other are one."""
    joined: list[str | Name] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return Template(tuple(joined))


def _list_names(
    expression: str, parameters: Sequence[str], title: str, common_words: frozenset[str]
) -> list[str]:
    """Names by the panel, by the metric and what is done with it, by what it selects and keeps.

    The title is that of the only panel that has the queries.
    """
    words = re.findall(r"(\w+)\s*\(", BY_LABELS.sub("", expression))
    functions = [word for word in words if word in RATES or word.endswith("_over_time")]
    aggregations = [word for word in words if word in AGGREGATIONS]
    subject = _name_operation(expression, functions, aggregations)
    aggregated = f"{aggregations[0]}_{subject}" if aggregations and functions else subject
    if metric := "" if "metric" in parameters else _shorten_metric(expression):
        subject = f"{metric}_{subject}" if subject in COMPOSED_OPERATIONS else metric
        aggregated = f"{metric}_{aggregated}"
    groups = BY_LABELS.findall(expression)
    is_trailing = re.search(r"\bby\s*\([^()]*\)\s*\Z", expression) is not None
    group = groups[-1 if is_trailing else 0] if groups else ""
    labels = [label for label in re.findall(r"\w+", group) if label != "le"]
    label_words = [CAMEL_CASE.sub("_", label) for label in labels[:2]]
    by_labels = f"_by_{'_and_'.join(label_words)}" if label_words else ""
    window = RANGE.search(expression)
    over_range = f"_over_{RANGE_NAMES.get(window[1], window[1])}" if window else ""
    own_words = [word for word in _list_selector_words(expression) if word not in common_words]
    texts = [f"{subject}{by_labels}"]
    texts += [f"{word}_{subject}{by_labels}" for word in own_words]
    texts += [f"{aggregated}{by_labels}"]
    texts += [f"{word}{by_labels}{over_range}" for word in (subject, aggregated)]
    others = [name for name in parameters if name not in ("legend", "metric", "quantile")]
    texts += [f"{subject}_of_{name}" for name in others]
    if title_words := build_title_identifier(title).lower():
        texts.insert(0, title_words)
    return list(dict.fromkeys(f"build_{text}_query" for text in texts))


def _name_operation(expression: str, functions: Sequence[str], aggregations: Sequence[str]) -> str:
    """What an expression does with its metrics; bytes times 8 are bits."""
    if "histogram_quantile" in expression:
        return "quantile"
    if re.search(r"\s/\s|\)/", expression):
        return "average" if "_sum" in expression and "_count" in expression else "ratio"
    operation = next(iter((*functions, *aggregations)), "metric")
    return f"bit_{operation}" if operation in RATES and BITS.search(expression) else operation


def _list_selector_words(expression: str) -> list[str]:
    """What may tell the selectors of an expression from others: variables, labels."""
    matchers = [
        match for selector in SELECTOR.findall(expression) for match in MATCHER.findall(selector)
    ]
    variables = [name for _, _, value in matchers for name in VARIABLE_NAME.findall(value)]
    labels = [label for label, _, value in matchers if not VARIABLE_NAME.search(value)]
    return list(
        dict.fromkeys(word.lower() for word in (*labels, *variables) if word.isidentifier())
    )


def _shorten_metric(expression: str) -> str:
    """The last words of the first metric without what all metrics have; of a rule its metric."""
    tokens = _split_expression(expression, ("metric",))
    metric = next((token.text for token in tokens if token.role == "metric"), "")
    name = METRIC_ENDING.sub("", max(metric.split(":"), key=len)).lower()
    return "_".join(name.split("_")[-MAX_METRIC_WORDS:])
