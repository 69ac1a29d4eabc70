"""Python expressions as trees, and their text as formatters write it.

Data becomes a `Literal` and nothing else; names and functions are our own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tailboard.convert.long_texts import (
    INDENT,
    has_marks,
    mark_braces,
    measure_width,
    render_block,
    split_template,
    split_text,
)
from tailboard.init.python_text import WIDTH, format_literal

BLOCK_OPENING, TEMPLATE_BLOCK_OPENING = 'dedent("""\\', 'dedent(f"""\\'
"""How a text of several lines begins, and an f-string of several lines."""

TEXT_WIDTH = 100
"""Up to here a text stands on one line: a formatter of this width would join its parts."""


@dataclass(frozen=True)
class Literal:
    """A string, a number, a truth value or None."""

    value: str | int | float | bool | None


@dataclass(frozen=True)
class Name:
    """A name of ours, which may be dotted: `latency.percentiles`."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of a function of ours."""

    function: str
    arguments: tuple["Code", ...] = ()
    keywords: tuple[tuple[str, "Code"], ...] = ()


@dataclass(frozen=True)
class UnpackedCall(Call):
    """A call whose items stand in a list: `*build_name_colors({...})`."""


@dataclass(frozen=True)
class ListCode:
    """A list."""

    items: tuple["Code", ...] = ()


@dataclass(frozen=True)
class TupleCode:
    """A tuple."""

    items: tuple["Code", ...] = ()


@dataclass(frozen=True)
class DictCode:
    """A dictionary; an item without a key is spread: `**LEGEND`."""

    items: tuple[tuple["Code | None", "Code"], ...] = ()


@dataclass(frozen=True)
class Template:
    """An f-string: texts, and between them the names of parameters."""

    parts: tuple["str | Name", ...]


@dataclass(frozen=True)
class Spread:
    """Several items of a list, from a loop: `*(build(name) for name in (...))`."""

    call: Call
    variables: tuple[str, ...]
    items: "TupleCode" = field(default_factory=TupleCode)


Code = Literal | Name | Call | ListCode | TupleCode | DictCode | Template | Spread


def build_code(value: Any) -> Code:
    """The code of a value of JSON."""
    if isinstance(value, Mapping):
        return DictCode(tuple((Literal(str(key)), build_code(item)) for key, item in value.items()))
    if isinstance(value, tuple):
        return TupleCode(tuple(build_code(item) for item in value))
    if isinstance(value, list):
        return ListCode(tuple(build_code(item) for item in value))
    return Literal(value)


def list_parts(code: Code) -> Iterator[Code]:
    """The expressions directly within an expression."""
    match code:
        case Call():
            yield from code.arguments
            yield from (argument for _, argument in code.keywords)
        case ListCode() | TupleCode():
            yield from code.items
        case DictCode():
            yield from (item for _, item in code.items)
        case Spread():
            yield from (code.call, code.items)
        case Template():
            yield from (part for part in code.parts if isinstance(part, Name))
        case _:
            pass


def walk_code(code: Code) -> Iterator[Code]:
    """An expression and all that is within it, the outer ones first."""
    yield code
    for part in list_parts(code):
        yield from walk_code(part)


def list_literal_texts(code: Code) -> Iterator[str]:
    """The texts of an expression that are written as they are, not as f-strings."""
    for part in walk_code(code):
        if isinstance(part, Literal) and isinstance(part.value, str):
            yield part.value


def replace_parts(code: Code, replace_part: Callable[[Code], Code]) -> Code:
    """A call, list, tuple or dictionary with other values in it; keys stay, and all other code."""
    match code:
        case Call(_, arguments, keywords):
            return replace(
                code,
                arguments=tuple(map(replace_part, arguments)),
                keywords=tuple((name, replace_part(part)) for name, part in keywords),
            )
        case ListCode(items) | TupleCode(items):
            return replace(code, items=tuple(map(replace_part, items)))
        case DictCode(pairs):
            return DictCode(tuple((key, replace_part(item)) for key, item in pairs))
        case _:
            return code


def replace_value(code: Code, value: Code, new_value: Code) -> Code:
    """The code with another one in the place of a value, wherever it is."""
    if code == value:
        return new_value
    return replace_parts(code, lambda part: replace_value(part, value, new_value))


def find_kind(code: Code) -> str:
    """The kind of the panel that a call builds, as far as its function says it."""
    if isinstance(code, Call) and code.function == "raw" and isinstance(code.arguments[0], Literal):
        return str(code.arguments[0].value)
    return code.function.removeprefix("build_") if isinstance(code, Call) else ""


def render_statement(opening: str, code: Code) -> str:
    """A statement that ends in an expression, such as `NAME = ...`."""
    return "\n".join(render_lines(opening, code, "", 0))


def render_flat(code: Code) -> str:
    """The expression on one line."""
    match code:
        case Literal(value):
            return format_literal(value) if isinstance(value, str) else _format_value(value)
        case Name(text):
            return text
        case Template(parts):
            return _format_template(parts)
        case Spread(call, variables, items):
            names = ", ".join(variables)
            return f"*({render_flat(call)} for {names} in {render_flat(items)})"
        case TupleCode((item,)):
            return f"({render_flat(item)},)"
        case _:
            opening, entries, closing = _split_brackets(code)
            texts = (prefix + render_flat(part) for prefix, part in entries)
            return f"{opening}{', '.join(texts)}{closing}"


def _format_value(value: float | bool | None) -> str:
    """A number as formatters write it: `1e16` where Python writes `1e+16`."""
    return repr(value).replace("e+", "e") if isinstance(value, float) else repr(value)


def render_lines(prefix: str, code: Code, suffix: str, depth: int) -> list[str]:
    """The lines of an expression between a prefix and a suffix, indented by a depth."""
    if isinstance(code, Template) or (isinstance(code, Literal) and isinstance(code.value, str)):
        return _render_text(prefix, code, suffix, depth)
    flat_line = INDENT * depth + prefix + render_flat(code) + suffix
    is_flat = measure_width(flat_line) <= WIDTH and not _has_block(code)
    if is_flat or not _is_breakable(code):
        return [flat_line]
    if isinstance(code, Spread):
        names = ", ".join(code.variables)
        return [
            f"{INDENT * depth}{prefix}*(",
            *render_lines("", code.call, "", depth + 1),
            *render_lines(f"for {names} in ", code.items, "", depth + 1),
            f"{INDENT * depth}){suffix}",
        ]
    opening, items, closing = _split_brackets(code)
    return [
        INDENT * depth + prefix + opening,
        *(line for name, item in items for line in render_lines(name, item, ",", depth + 1)),
        INDENT * depth + closing + suffix,
    ]


def _has_block(code: Code) -> bool:
    """Whether a text in an expression is written as several lines."""
    if isinstance(code, Template) or (isinstance(code, Literal) and isinstance(code.value, str)):
        text = _mark_template(code) if isinstance(code, Template) else str(code.value)
        return text is not None and "\n" in text and render_block(text, 0) is not None
    return any(map(_has_block, list_parts(code)))


def _is_breakable(code: Code) -> bool:
    return not isinstance(code, Literal | Name | Template) and bool(
        isinstance(code, Spread) or _split_brackets(code)[1]
    )


def _split_brackets(code: Code) -> tuple[str, list[tuple[str, Code]], str]:
    """The opening bracket, the items with what stands before each, and the closing bracket."""
    match code:
        case Call(function, arguments, keywords):
            items = [("", argument) for argument in arguments]
            items += [(f"{name}=", argument) for name, argument in keywords]
            star = "*" if isinstance(code, UnpackedCall) else ""
            return f"{star}{function}(", items, ")"
        case ListCode(list_items):
            return "[", [("", item) for item in list_items], "]"
        case TupleCode(tuple_items):
            return "(", [("", item) for item in tuple_items], ")"
        case DictCode(dict_items):
            return (
                "{",
                [
                    ("**" if key is None else f"{render_flat(key)}: ", item)
                    for key, item in dict_items
                ],
                "}",
            )
        case _:
            return "", [], ""


def _render_text(prefix: str, code: Literal | Template, suffix: str, depth: int) -> list[str]:
    """The lines of a text: between triple quotes, on one line, or in parentheses."""
    is_template = isinstance(code, Template)
    text = _mark_template(code) if isinstance(code, Template) else str(code.value)
    is_block = text is not None and (is_template or not has_marks(text))
    if is_block and (block_lines := render_block(text or "", depth + 1)):
        opening = TEMPLATE_BLOCK_OPENING if is_template else BLOCK_OPENING
        heading = f"{INDENT * depth}{prefix}{opening}"
        return [heading, *block_lines[:-1], f'{block_lines[-1]}"""){suffix}']
    literal = render_flat(code)
    flat_line = f"{INDENT * depth}{prefix}{literal}{suffix}"
    if measure_width(flat_line) <= (TEXT_WIDTH if depth else WIDTH):
        return [flat_line]
    width = WIDTH - len(INDENT) * (depth + 1)
    if text is None:
        parts = [literal]
    else:
        parts = split_template(text, width) if is_template else split_text(text, width)
    return _render_parts(prefix, literal, parts, suffix, depth)


def _mark_template(template: Template) -> str | None:
    """The text of an f-string with names in braces, others marked; None where it has the marks."""
    if any(has_marks(part) for part in template.parts if isinstance(part, str)):
        return None
    return "".join(
        f"{{{part.text}}}" if isinstance(part, Name) else mark_braces(part)
        for part in template.parts
    )


def _render_parts(
    prefix: str, literal: str, parts: Sequence[str], suffix: str, depth: int
) -> list[str]:
    """A literal in parentheses, in parts where it does not fit on a line."""
    indentation = INDENT * (depth + 1)
    if measure_width(indentation + literal) <= (TEXT_WIDTH if depth else WIDTH):
        parts = [literal]
    elif len(parts) == 1:
        return [f"{INDENT * depth}{prefix}{literal}{suffix}"]
    return [
        f"{INDENT * depth}{prefix}(",
        *(indentation + part for part in parts),
        f"{INDENT * depth}){suffix}",
    ]


def _format_template(parts: Sequence[str | Name]) -> str:
    """An f-string; braces of the text are doubled."""
    content = "".join(part if isinstance(part, str) else "" for part in parts)
    quote = "'" if '"' in content and "'" not in content else '"'
    texts = [
        f"{{{part.text}}}" if isinstance(part, Name) else _escape(part, quote) for part in parts
    ]
    return f"f{quote}{''.join(texts)}{quote}"


def _escape(text: str, quote: str) -> str:
    """The text between these quotes of an f-string."""
    escaped_text = repr(text)[1:-1] if text.isprintable() else ascii(text)[1:-1]
    if quote == '"':
        escaped_text = escaped_text.replace("\\'", "'").replace('"', '\\"')
    return escaped_text.replace("{", "{{").replace("}", "}}")
