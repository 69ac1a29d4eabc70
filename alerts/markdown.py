"""Text of others in Markdown: words, code or a fenced block, in which nothing is Markdown."""

import re
from urllib.parse import quote

from tailboard.panels.lazy_pattern import declare_pattern

CONTROL_CHARACTERS = declare_pattern(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, halves of characters, and what turns the direction of the text around."""

SPECIAL_CHARACTERS = declare_pattern(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|(?:^|(?<=\s))#")

BLOCK_START = declare_pattern(r"^(\d*)([.)](?=\s|$)|[-+](?=[\s-]|$)|[>=:])")

URL_SAFE_CHARACTERS = "/:?#@!$'*+,;=%&~"


def escape_words(text: object) -> str:
    """Text of others on one line, in which nothing is Markdown."""
    line = " ".join(_clean_text(text).split())
    escaped_line = SPECIAL_CHARACTERS.sub(
        r"\\\g<0>", line.replace("&", "&amp;").replace("<", "&lt;")
    )
    return BLOCK_START.sub(r"\1\\\2", escaped_line)


def list_paragraphs(text: object) -> list[str]:
    """Text of others, each line a paragraph of its own."""
    return [
        paragraph for line in _clean_text(text).split("\n") if (paragraph := escape_words(line))
    ]


def format_code(text: object) -> str:
    """Text of others within a line, unchanged."""
    line = " ".join(_clean_text(text).split())
    marks = "`" * (_count_longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{space}{line}{space}{marks}" if line else ""


def format_code_block(text: object, language: str) -> str:
    """Text of others as a block, with its lines unchanged."""
    content = _clean_text(text)
    fence = "`" * max(3, _count_longest_run(content) + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def format_link(text: object, url: str) -> str:
    """A link, whatever its address is made of."""
    address = quote(_clean_text(url), safe=URL_SAFE_CHARACTERS).replace("&", "&amp;")
    return f"[{escape_words(text)}]({address})"


def _clean_text(text: object) -> str:
    lines = "" if text is None else "\n".join(str(text).splitlines())
    return CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", lines)


def _count_longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
