"""Text of others in Markdown: words, code or a fenced block, in which nothing is Markdown."""

import re
from urllib.parse import quote

UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, halves of characters, and what turns the direction of the text around."""

SPECIAL = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|(?:^|(?<=\s))#")

BEGINS_A_BLOCK = re.compile(r"^(\d*)([.)](?=\s|$)|[-+](?=[\s-]|$)|[>=:])")

IN_ADDRESSES = "/:?#@!$'*+,;=%&~"


def words(text: object) -> str:
    """Text of others on one line, in which nothing is Markdown."""
    line = " ".join(_clean(text).split())
    marked = SPECIAL.sub(r"\\\g<0>", line.replace("&", "&amp;").replace("<", "&lt;"))
    return BEGINS_A_BLOCK.sub(r"\1\\\2", marked)


def paragraphs(text: object) -> list[str]:
    """Text of others, each line a paragraph of its own."""
    return [made for line in _clean(text).split("\n") if (made := words(line))]


def code(text: object) -> str:
    """Text of others within a line, as it stands."""
    line = " ".join(_clean(text).split())
    marks = "`" * (_longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{space}{line}{space}{marks}" if line else ""


def fenced(text: object, language: str) -> str:
    """Text of others as a block, line by line as it stands."""
    content = _clean(text)
    fence = "`" * max(3, _longest_run(content) + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def link(text: object, url: str) -> str:
    """A link, whatever its address is made of."""
    address = quote(_clean(url), safe=IN_ADDRESSES).replace("&", "&amp;")
    return f"[{words(text)}]({address})"


def _clean(text: object) -> str:
    lines = "" if text is None else "\n".join(str(text).splitlines())
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", lines)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
