"""Markdown of a comment: text of others in it, and sections that fit into one comment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tailboard.cli.reports.terminal import escape_controls

MAX_LENGTH = 65_536
"""What GitHub holds in a comment, in characters; GitLab holds more."""

MIN_SHARE = 8_000
"""What of it each section has room for, however long those before it are."""

SPECIAL_CHARACTERS = re.compile(r"[\\`*_\[\]<>|#&~!$%^]")
ADDRESS_START = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)


def escape_text(text: str) -> str:
    """Text of others on one line: no markup, no link, no mention, no reference."""
    line = escape_controls(" ".join(text.split())).replace("@", "@\u200b")
    return ADDRESS_START.sub(r"\\\g<0>", SPECIAL_CHARACTERS.sub(r"\\\g<0>", line))


@dataclass(frozen=True)
class Section:
    """Lines that are always there, then entries of which the last ones may be left out.

    `noun` is what an entry is called, in the plural.
    """

    lines: Sequence[str]
    entries: Sequence[str] = ()
    noun: str = ""


def fit_sections(sections: Sequence[Section], max_length: int = MAX_LENGTH) -> list[str]:
    """The lines of the sections; what does not fit is left out, and counted."""
    fixed_length = sum(
        measure_length(line) + 1
        for section in sections
        for line in ("", *section.lines, _describe_rest(len(section.entries), section))
    )
    room = max_length - fixed_length
    reserves = [min(_measure_entries(section), MIN_SHARE) for section in sections]
    lines: list[str] = []
    for number, section in enumerate(sections):
        available = room - sum(reserves[number + 1 :])
        lines += ["", *section.lines] if lines else section.lines
        for index, entry in enumerate(section.entries):
            entry_length = measure_length(entry) + 1
            if entry_length > available:
                lines.append(_describe_rest(len(section.entries) - index, section))
                break
            lines += entry.split("\n")
            available -= entry_length
            room -= entry_length
    return lines


def measure_length(text: str) -> int:
    """How many characters a text has where those outside the first plane count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _measure_entries(section: Section) -> int:
    return sum(measure_length(entry) + 1 for entry in section.entries)


def _describe_rest(count: int, section: Section) -> str:
    return f"- and {count} more {section.noun}, for which this comment has no room."
