"""Markdown of text panels: as HTML without anybody's markup, and as plain lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_LENGTH = 100_000
"""The characters of a text that are read."""


@dataclass(frozen=True)
class TextLine:
    """A line of plain text; `level` is that of a heading, 0 for other text."""

    text: str
    level: int = 0


def render_markdown(text: str) -> str:
    """HTML of headings, lists, tables, links and emphasis; HTML in the text is shown as text."""
    html: str = _build_parser().render(text[:MAX_LENGTH])
    return html


def list_text_lines(text: str) -> Iterator[TextLine]:
    """The same as lines without markup."""
    level, prefix = 0, ""
    for token in _build_parser().parse(text[:MAX_LENGTH]):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "list_item_open":
            prefix = "• "
        elif token.type == "inline":
            words = "".join(
                child.content if child.type in {"text", "code_inline"} else " "
                for child in token.children or ()
                if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
            )
            yield TextLine(prefix + words, level)
            level, prefix = 0, ""
        elif token.type in {"fence", "code_block"}:
            yield from (TextLine(line) for line in token.content.splitlines())


def _build_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
