"""The conversion of one dashboard: its definition, and what of the JSON is otherwise in it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailboard.convert.canonical import is_same_text
from tailboard.convert.dead_overrides import drop_dead_overrides
from tailboard.convert.definition import build_statements
from tailboard.convert.module_text import Statement, render_module
from tailboard.convert.proof import find_differences
from tailboard.convert.selector_lines import join_selector_lines
from tailboard.convert.source import Source, read_source
from tailboard.dashboards.document import Document
from tailboard.init.python_text import sanitize_text

MAX_SUMMARY_LENGTH = 81
CLAUSE_END, MIN_PHRASE_WORDS = re.compile(r":\s|;\s|\s[-–—]\s"), 4
"""Where a sentence may end early, and how many words say enough."""


@dataclass(frozen=True)
class Conversion:
    """The text of a definition, and its differences from the JSON that it was made of.

    `notes` are what was changed on purpose, `differences` what the comparison of both shows.
    """

    uid: str
    title: str
    text: str
    notes: tuple[str, ...]
    differences: tuple[str, ...]


def convert_dashboard(content: Mapping[str, Any]) -> Conversion:
    """The definition of a dashboard's JSON, run, built and compared with it.

    Raises `DefinitionError` for JSON that `tailboard build` refuses too.
    """
    source = read_source(content)
    document = source.document
    notes = [
        *source.notes,
        *drop_dead_overrides(document),
        *join_selector_lines(document),
        *_list_double_variables(document),
    ]
    source = replace(source, notes=tuple(notes))
    summary = build_summary(document["title"], str(document.get("description") or ""))
    statements = build_statements(source)
    text, differences = _render_and_prove(summary, source, statements)
    if differences:
        plain_statements = build_statements(source, is_plain=True)
        plain_text, plain_differences = _render_and_prove(summary, source, plain_statements)
        if len(plain_differences) < len(differences):
            statements, text, differences = plain_statements, plain_text, plain_differences
    if differences:
        text = render_module(summary, (*source.notes, *differences), statements)
    return Conversion(document["uid"], document["title"], text, source.notes, tuple(differences))


def build_summary(title: str, description: str = "") -> str:
    """The first line of a definition's docstring: what the dashboard is, as its description says.

    Of a long sentence it is what stands before a colon or a dash. Without a short description it is
    where the definition comes from; a long title stands alone.
    """
    sentence = sanitize_text(description.strip().partition("\n")[0].partition(". ")[0]).rstrip(".")
    candidates = [f"{title}: the dashboard that `tailboard convert` made of its JSON."]
    if sentence and not is_same_text(sentence, title):
        phrase = CLAUSE_END.split(sentence, maxsplit=1)[0]
        own_candidates = [f"{title}: {sentence}.", f"{sentence}."]
        if len(phrase.split()) >= MIN_PHRASE_WORDS:
            own_candidates += [f"{title}: {phrase}.", f"{phrase}."]
        candidates = [*own_candidates, *candidates]
    short_candidates = (text for text in candidates if len(text) <= MAX_SUMMARY_LENGTH)
    return next(short_candidates, f"{title[:MAX_SUMMARY_LENGTH].strip()}.")


def _list_double_variables(document: Document) -> list[str]:
    """A note about each name that several variables have, of which Grafana reads one."""
    names = Counter(str(variable.get("name")) for variable in document["templating"]["list"])
    return [
        f"{count} variables are named {name!r}, as in the JSON: one of them is enough"
        for name, count in names.items()
        if count > 1
    ]


def _render_and_prove(
    summary: str, source: Source, statements: Sequence[Statement]
) -> tuple[str, list[str]]:
    """The text of a definition, and in what it differs from its source."""
    text = render_module(summary, source.notes, statements)
    return text, find_differences(text, source)
