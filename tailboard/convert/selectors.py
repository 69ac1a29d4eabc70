"""Selectors that many queries have: constants, which the queries use in f-strings."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    Name,
    Template,
    TupleCode,
    list_parts,
)
from tailboard.convert.module_text import Constant
from tailboard.convert.names import NameRegistry

MIN_QUERIES = 4
MIN_LENGTH = 30
"""How many queries have a selector that becomes a constant, and how long it is."""

SELECTOR = re.compile(r"""(?<!\$)\{(?=\s*\w+\s*[=!])(?:[^{}"'`\n]|"[^"\n]*"|'[^'\n]*')*\}""")
MATCHER = re.compile(r"""(\w+)\s*[=!]~?\s*["']?([^"']*)""")
"""A label and its value."""


def share_selectors(
    codes: Sequence[Code], names: NameRegistry
) -> tuple[list[Code], list[Constant]]:
    """The codes with f-strings for queries whose selectors are constants.

    Only queries without other braces, which an f-string would have to double.
    """
    texts = [text for code in codes for text in _list_texts(code)]
    counts = Counter(selector for text in texts for selector in {*SELECTOR.findall(text)})
    selectors = [
        selector
        for selector, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= MIN_QUERIES and len(selector) >= MIN_LENGTH
    ]
    templates = {text: parts for text in texts if (parts := _split_selectors(text, selectors))}
    used = Counter(part for text in texts for part in {*templates.get(text, ())[1::2]})
    chosen = [selector for selector in selectors if used[selector] >= MIN_QUERIES]
    constants: dict[str, str] = {}
    for selector in chosen:
        others = [other for other in chosen if other != selector]
        constants[selector] = names.create_constant(
            "selector", "SELECTOR", _list_names(selector, others)
        )

    def build_template(literal: Literal) -> Code:
        parts = _split_selectors(str(literal.value), chosen)
        if not parts:
            return literal
        named_parts = [
            Name(constants[part]) if index % 2 else part for index, part in enumerate(parts)
        ]
        return Template(tuple(part for part in named_parts if part))

    return [_replace_texts(code, build_template) for code in codes], [
        Constant(name, Literal(selector)) for selector, name in constants.items()
    ]


def _list_names(selector: str, others: Sequence[str]) -> list[str]:
    """Names by a label, or a label and its value, that no other or not every other has."""
    words = _list_words(selector)
    other_words = [{*_list_words(other)} for other in others]
    own_words = [word for word in words if not any(word in known for known in other_words)]
    rare_words = [word for word in words if not all(word in known for known in other_words)]
    return [f"{word} selector" for word in (*own_words, *rare_words)]


def _list_words(selector: str) -> list[str]:
    """The labels of a selector, and then the labels with their values."""
    matchers = MATCHER.findall(selector)
    values = [f"{label} {value}" for label, value in matchers if value.isalnum()]
    return list(dict.fromkeys([*(label for label, _ in matchers), *values]))


def _split_selectors(text: str, selectors: Sequence[str]) -> list[str]:
    """The text with these selectors at every second place; nothing if it has other braces."""
    parts: list[str] = []
    start = 0
    for match in SELECTOR.finditer(text):
        if match[0] in selectors:
            parts += [text[start : match.start()], match[0]]
            start = match.end()
    parts.append(text[start:])
    has_braces = any("{" in part or "}" in part for part in parts[::2])
    return [] if len(parts) == 1 or has_braces or "\n" in text else parts


def _list_texts(code: Code) -> Iterator[str]:
    if isinstance(code, Literal) and isinstance(code.value, str):
        yield code.value
    for part in list_parts(code):
        yield from _list_texts(part)


def _replace_texts(code: Code, build_text: Callable[[Literal], Code]) -> Code:
    """The code with other texts; keys of dictionaries stay."""
    match code:
        case Literal(str()):
            return build_text(code)
        case Call(_, arguments, keywords):
            return replace(
                code,
                arguments=tuple(_replace_texts(part, build_text) for part in arguments),
                keywords=tuple((name, _replace_texts(part, build_text)) for name, part in keywords),
            )
        case ListCode(items) | TupleCode(items):
            return replace(code, items=tuple(_replace_texts(item, build_text) for item in items))
        case DictCode(pairs):
            return DictCode(tuple((key, _replace_texts(item, build_text)) for key, item in pairs))
        case _:
            return code
