"""Selectors and matchers that many queries have: constants, which the queries use in f-strings."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Protocol

from tailboard.convert.code import (
    Code,
    Literal,
    Name,
    Template,
    list_literal_texts,
    replace_parts,
    walk_code,
)
from tailboard.convert.module_text import Constant
from tailboard.convert.names import NameRegistry

MIN_USES = 3
MIN_SELECTOR_LENGTH = 12
"""How many queries have a selector that becomes a constant, and how long it is."""

MIN_MATCHERS_USES = 4
MIN_MATCHERS_LENGTH = 28
"""How many queries have matchers within other selectors that become a constant, and how long."""

MAX_MATCHERS = 3
"""How many such constants a definition has."""

MAX_LABELS = 2
"""How many labels a name lists; one of more labels is named for those that differ."""

SELECTOR = re.compile(
    r"""(?<!\$)\{(?=\s*\$?\w+\s*(?:=~|!~|!=|=)\s*["'`])(?:[^{}"'`]|"[^"\n]*"|'[^'\n]*'|`[^`\n]*`)*\}"""
)
MATCHER = re.compile(r"""(\$?\w+)\s*(=~|!~|!=|=)\s*("[^"\n]*"|'[^'\n]*'|`[^`\n]*`)""")
"""A label, an operator and a quoted value."""

GENERAL_LABELS = frozenset({"cluster", "env", "environment", "job", "namespace", "region"})
"""Labels that say less about a selector than others beside them."""

VALUE_WORD, MAX_VALUE_WORDS = re.compile(r"\w+"), 2
"""How many words of a value are in a name."""

VARIABLE = re.compile(r"\$\w+|\$\{\w+")

Parts = tuple[str | Name, ...]


class SplitText(Protocol):
    """What splits a text, or a part of an f-string, into texts and names of constants."""

    def __call__(self, text: str, *, is_part: bool) -> Parts: ...


def share_selectors(
    codes: Sequence[Code], names: NameRegistry
) -> tuple[list[Code], list[Constant]]:
    """The codes with f-strings for queries whose selectors, or parts of them, are constants."""
    queries = [text for code in codes for text in _list_texts(code)]
    selectors_by_query = [SELECTOR.findall(query) for query in queries]
    counts = Counter(selector for selectors in selectors_by_query for selector in {*selectors})
    chosen = [
        selector
        for selector, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= MIN_USES and len(selector) >= MIN_SELECTOR_LENGTH and "\n" not in selector
    ]
    others = Counter(
        selector
        for selectors in selectors_by_query
        for selector in selectors
        if selector not in chosen
    )
    main = _find_main([(selector, counts[selector]) for selector in chosen])
    matchers = _choose_matchers([*chosen, *others.elements()])
    main_matchers = main.strip("{} ")
    fragments = [SELECTOR.sub("", text) for code in codes for text in _list_fragments(code)]
    if _is_narrowed(main_matchers, [*chosen, *others, *fragments], matchers):
        matchers.append(main_matchers)
    constants: list[Constant] = []
    parts_by_selector: dict[str, Parts] = {}
    matcher_names: dict[str, str] = {}
    for text in matchers:
        texts = ["matchers"] if text == main_matchers else []
        if name := names.find_constant([*texts, *_name_matchers(text, matchers)]):
            matcher_names[text] = name
            constants.append(Constant(name, Literal(text)))
    for selector in others:
        parts = _insert_matchers(selector, matcher_names)
        if len(parts) > 1:
            parts_by_selector[selector] = parts
    for selector in chosen:
        name = names.find_constant(_name_selector(selector, chosen, main))
        if name is None:
            continue
        parts = _insert_matchers(selector, matcher_names)
        code = Literal(selector) if len(parts) == 1 else Template(parts)
        constants.append(Constant(name, code))
        parts_by_selector[selector] = (Name(name),)

    def split_text(text: str, *, is_part: bool) -> Parts:
        parts = _insert_selectors(text, parts_by_selector)
        if not is_part:
            return parts
        return tuple(
            new_part
            for part in parts
            for new_part in (
                _insert_matchers(part, matcher_names) if isinstance(part, str) else (part,)
            )
        )

    return [_replace_texts(code, split_text) for code in codes], constants


def _choose_matchers(selectors: Sequence[str]) -> list[str]:
    """The matchers beside each other that most selectors have in common, the longest first."""
    counts: Counter[str] = Counter()
    for selector in selectors:
        spans = [match.span() for match in MATCHER.finditer(selector)]
        runs = {selector[start:end] for (start, _), (_, end) in combinations(spans, 2)}
        counts.update(run for run in runs if len(run) >= MIN_MATCHERS_LENGTH and "\n" not in run)
    chosen: list[str] = []
    while counts and len(chosen) < MAX_MATCHERS:
        text, count = max(counts.items(), key=lambda item: (item[1] * (len(item[0]) - 12), item[0]))
        if count < MIN_MATCHERS_USES:
            del counts[text]
            continue
        chosen.append(text)
        labels = {label for label, _, _ in MATCHER.findall(text)}
        counts = Counter(
            {
                other: number
                for other, number in counts.items()
                if labels.isdisjoint(label for label, _, _ in MATCHER.findall(other))
            }
        )
    return sorted(chosen, key=lambda text: (-len(text), text))


def _is_narrowed(main_matchers: str, texts: Sequence[str], matchers: Sequence[str]) -> bool:
    """Whether another selector has the main one's matchers and more, which no constant says yet.

    Else whoever changes the main selector would leave that one behind.
    """
    labels = {*_list_labels(main_matchers)}
    if not labels or not all(labels.isdisjoint(_list_labels(text)) for text in matchers):
        return False
    narrower = (text for text in texts if text.strip("{} ") != main_matchers)
    return any(len(_split_at(text, main_matchers)) > 1 for text in narrower)


def _split_at(text: str, matchers: str) -> list[str]:
    """What stands before and behind matchers, the first time that they are whole; else all."""
    return re.split(rf"(?<!\w){re.escape(matchers)}", text, maxsplit=1)


def _insert_matchers(selector: str, matcher_names: Mapping[str, str]) -> Parts:
    """The parts of a selector, with names for the matchers that are constants."""
    parts: list[str | Name] = [selector]
    for text, name in matcher_names.items():
        new_parts: list[str | Name] = []
        for part in parts:
            pieces = _split_at(part, text) if isinstance(part, str) else [part]
            new_parts += [pieces[0], Name(name), pieces[1]] if len(pieces) > 1 else [part]
        parts = new_parts
    return tuple(part for part in parts if part)


def _insert_selectors(text: str, parts_by_selector: Mapping[str, Parts]) -> Parts:
    """The parts of a text, with those of its selectors."""
    parts: list[str | Name] = []
    start = 0
    for match in SELECTOR.finditer(text):
        if match[0] in parts_by_selector:
            parts += [text[start : match.start()], *parts_by_selector[match[0]]]
            start = match.end()
    parts.append(text[start:])
    return tuple(part for part in parts if part)


def _name_matchers(text: str, others: Sequence[str]) -> list[str]:
    labels = _list_labels(text)
    if len(labels) <= MAX_LABELS:
        return [" and ".join(labels), f"{labels[-1]} matchers"]
    other_labels = {label for other in others if other != text for label in _list_labels(other)}
    own_labels = [label for label in labels if label not in other_labels] or labels
    return [f"{label} matchers" for label in _rank_labels(own_labels)]


def _rank_labels(labels: Sequence[str]) -> list[str]:
    """The labels by how much they say: the last ones first, general ones behind them."""
    positions = {label: position for position, label in enumerate(labels)}
    return sorted(labels, key=lambda label: (label in GENERAL_LABELS, -positions[label]))


def _name_selector(selector: str, chosen: Sequence[str], main: str) -> list[str]:
    """Names by a label, a variable or a value that no other or not every other has.

    The main selector, and one alone, is just that; another is named for what it has besides.
    """
    others = [other for other in chosen if other != selector]
    labels = _list_labels(selector)
    texts = ["selector"] if selector == main or not others else []
    if len(labels) <= MAX_LABELS and all({*_list_labels(other)} != {*labels} for other in others):
        texts.append(f"{' and '.join(labels)} selector")
    main_words = _list_words(main) if selector != main else []
    words = [word for word in _list_words(selector) if word not in main_words]
    other_words = [{*_list_words(other)} for other in others]
    own_words = [word for word in words if not any(word in known for known in other_words)]
    rare_words = [word for word in words if not all(word in known for known in other_words)]
    texts += [f"{word} selector" for word in (*own_words, *rare_words)]
    texts += [f"{label} selector" for label in _rank_labels(labels)]
    texts += [f"{' and '.join(pair)} selector" for pair in combinations(labels, 2)]
    return [*texts, f"{' '.join(labels)} selector"]


def _find_main(counts: Sequence[tuple[str, int]]) -> str:
    """The selector of most uses of all, or whose matchers most others have, too; or none."""
    matchers = {text: {*MATCHER.findall(text)} for text, _ in counts}
    for text, count in counts:
        family = [other for other in matchers if matchers[text] <= matchers[other]]
        if 2 * count > sum(number for _, number in counts) or 2 * len(family) > len(counts) > 1:
            return text
    return ""


def _list_labels(text: str) -> list[str]:
    return list(dict.fromkeys(label for label, _, _ in MATCHER.findall(text)))


def _list_words(selector: str) -> list[str]:
    """The labels of a selector, those of fixed values first; then variables, labels with values."""
    matchers = [
        (label, operator, value[1:-1]) for label, operator, value in MATCHER.findall(selector)
    ]
    matchers.sort(key=lambda matcher: VARIABLE.search(matcher[2]) is not None)
    variables = [name.lstrip("${") for _, _, value in matchers for name in VARIABLE.findall(value)]
    values = [
        f"{label} {'not ' if operator.startswith('!') else ''}{text}"
        for label, operator, value in matchers
        if (text := " ".join(VALUE_WORD.findall(VARIABLE.sub(" ", value))[:MAX_VALUE_WORDS]))
    ]
    return list(dict.fromkeys([*(label for label, _, _ in matchers), *variables, *values]))


def _list_texts(code: Code) -> Iterator[str]:
    yield from list_literal_texts(code)
    yield from _list_fragments(code)


def _list_fragments(code: Code) -> Iterator[str]:
    """The texts within f-strings, where a selector may be cut by a parameter."""
    for part in walk_code(code):
        if isinstance(part, Template):
            yield from (text for text in part.parts if isinstance(text, str))


def _replace_texts(code: Code, split_text: SplitText) -> Code:
    """The code with other texts; keys of dictionaries stay."""
    match code:
        case Literal(str(text)):
            parts = split_text(text, is_part=False)
            return code if parts in ((), (text,)) else Template(parts)
        case Template(parts):
            new_parts = [
                new_part
                for part in parts
                for new_part in (
                    split_text(part, is_part=True) if isinstance(part, str) else (part,)
                )
            ]
            return Template(tuple(new_parts))
        case _:
            return replace_parts(code, lambda part: _replace_texts(part, split_text))
