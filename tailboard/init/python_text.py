"""Python as formatters leave it: string literals, brackets, comments."""

import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 88
"""What formatters leave alone by default."""


def wrapped(opening: str, items: Sequence[str], closing: str, depth: int = 0) -> str:
    """Brackets with all items on one line, or each on its own where they are too long."""
    line = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in line and len(line) + 4 * depth < WIDTH:
        return line
    inside = "".join(f"{textwrap.indent(it, '    ')},\n" for it in items)
    return f"{opening}\n{inside}{closing.lstrip(',')}"


def comment(text: str, *, hanging: bool = False) -> Iterator[str]:
    """The lines of a comment; of a list's item, with `hanging` indentation."""
    yield from textwrap.wrap(
        harmless(text),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="#   " if hanging else "# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def harmless(text: str) -> str:
    """The text without what would end a comment or a docstring."""
    plain = "".join(it if it.isprintable() else " " for it in text)
    return plain.replace("\\", "/").replace('"""', "'''").strip(' "')


def literal(value: str) -> str:
    """A string literal as formatters write it: in double quotes, unless that needs more escapes."""
    shown = repr(value) if value.isprintable() else ascii(value)
    if not shown.startswith("'") or value.count('"') > value.count("'"):
        return shown
    inside = shown[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inside}"'
