"""The conversion of one dashboard: its definition, and what of the JSON is otherwise in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.convert.definition import build_statements
from tailboard.convert.module_text import render_module
from tailboard.convert.proof import find_differences
from tailboard.convert.source import read_source


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
    summary = f"{document['title']}: the dashboard that `tailboard convert` made of its JSON."
    statements = build_statements(source)
    text = render_module(summary, source.notes, statements)
    differences = tuple(find_differences(text, source))
    if differences:
        text = render_module(summary, (*source.notes, *differences), statements)
    return Conversion(document["uid"], document["title"], text, source.notes, differences)
