"""The pages of the documentation taken apart: code blocks, links, what stands in backticks."""

import re
from dataclasses import dataclass

from tests import ROOT

READMES = ["README.md", "README.zh-CN.md"]
HANDBOOK = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))
PAGES = [*READMES, "CONTRIBUTING.md", *HANDBOOK]

CODE_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FILE_COMMENT = re.compile(r"(?:#|//) ([\w./-]+\.(?:py|toml|yml|yaml|rules|prom|txt))\n")
LINK_TEXT = re.compile(r"\[([^\]]*)\]\([^)]*\)")
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """A code block of a page: its language, its text, and the line that it begins at."""

    page: str
    line: int
    language: str
    text: str

    @property
    def file_name(self) -> str:
        """The file that its first line says it is, such as `# orders.py`; empty if none."""
        match = FILE_COMMENT.match(self.text)
        return match[1] if match else ""

    @property
    def place(self) -> str:
        """Where an editor finds it."""
        return f"{self.page}:{self.line}"


def read_page(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def find_blocks(page: str, *languages: str) -> list[Block]:
    """The code blocks of a page, in their order; of some languages where any are named."""
    text = read_page(page)
    blocks = [
        Block(page, text.count("\n", 0, match.start()) + 1, match[2], _dedent(match[3], match[1]))
        for match in CODE_BLOCK.finditer(text)
    ]
    return [block for block in blocks if not languages or block.language in languages]


def _dedent(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def read_prose(page: str) -> str:
    """The page without its code blocks."""
    return CODE_BLOCK.sub("", read_page(page))


def find_inline_code(page: str) -> list[str]:
    """What stands in backticks within the prose; a bar is escaped within a table."""
    return [match.replace("\\|", "|") for match in INLINE_CODE.findall(read_prose(page))]


def find_links(page: str) -> list[str]:
    """The targets of the page's links to other places of this repository."""
    links: list[str] = LINK.findall(read_prose(page))
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def list_anchors(page: str) -> set[str]:
    """The fragments of a page's headings, as GitHub makes them."""
    headings = (
        LINK_TEXT.sub(r"\1", heading).lower() for heading in HEADING.findall(read_prose(page))
    )
    return {NOT_IN_ANCHOR.sub("", heading).replace(" ", "-") for heading in headings}
