"""Python as formatters leave it: string literals, brackets, comments."""

import textwrap
from collections.abc import Iterator, Sequence

from tailboard.queries.parser.promql import find_variables

WIDTH = 88
"""What formatters leave alone by default."""


def wrap_items(opening: str, items: Sequence[str], closing: str, depth: int = 0) -> str:
    """Brackets with all items on one line, or each on its own where they are too long."""
    line = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in line and len(line) + 4 * depth < WIDTH:
        return line
    item_lines = "".join(f"{textwrap.indent(item, '    ')},\n" for item in items)
    return f"{opening}\n{item_lines}{closing.lstrip(',')}"


def render_comment(text: str, *, hanging: bool = False) -> Iterator[str]:
    """The lines of a comment; of a list's item, with `hanging` indentation."""
    yield from textwrap.wrap(
        sanitize_text(text),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="#   " if hanging else "# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def sanitize_text(text: str) -> str:
    """The text without what would end a comment or a docstring."""
    printable_text = "".join(char if char.isprintable() else " " for char in text)
    return printable_text.replace("\\", "/").replace('"""', "'''").strip(' "')


def format_matcher(values: Sequence[str]) -> str:
    """A matcher of these values; of one alone its text, unless Grafana would read a variable."""
    literals = [format_literal(value) for value in values]
    is_text = len(values) == 1 and not find_variables(values[0])
    return literals[0] if is_text else f"one_of({', '.join(literals)})"


def format_literal(value: str) -> str:
    """A string literal as formatters write it: in double quotes, unless that needs more escapes."""
    representation = repr(value) if value.isprintable() else ascii(value)
    if not representation.startswith("'") or value.count('"') > value.count("'"):
        return representation
    content = representation[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{content}"'
