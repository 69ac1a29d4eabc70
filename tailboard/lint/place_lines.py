"""The lines of files that findings are about, where they can be found surely."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tailboard.findings.finding import Place
from tailboard.lint.linted import RULE_FILES

FIRST = 1
FIELD = re.compile(r'"(title|name)"\s*:\s*("(?:[^"\\]|\\.)*")')
RULE = re.compile(r"[\s-]*(?:alert|record)\s*:\s*(?P<quote>[\"']?)(.*?)(?P=quote)\s*(?:\s#.*)?")
NAMED = re.compile(r"(?:variable|annotation) (.+)", re.DOTALL)

Name = tuple[str, str]
"""What is called so, and the name."""


def place_lines(places: Iterable[Place]) -> dict[Place, int]:
    """For each place, the line with the title of its panel or the name of its rule or variable.

    The first where there are several such lines, or none: what stands elsewhere, in a file of
    Python say, is not looked for.
    """
    by_source: dict[str, set[Place]] = defaultdict(set)
    for place in places:
        by_source[place.source].add(place)
    return {
        place: _line(place, known)
        for source, several in by_source.items()
        for known in [_known(Path(source))]
        for place in several
    }


def _line(place: Place, known: Mapping[Name, list[int]]) -> int:
    if not place.panel:
        return FIRST
    named = NAMED.fullmatch(place.panel)
    for name in (("title", place.panel), ("name", named[1] if named else place.panel)):
        if found := known.get(name):
            return found[0] if len(found) == 1 else FIRST
    return FIRST


def _known(path: Path) -> dict[Name, list[int]]:
    """On which lines of a file something is called so."""
    read = _in_rules if path.suffix in RULE_FILES else _in_json
    found: dict[Name, list[int]] = defaultdict(list)
    if path.suffix in {".json", *RULE_FILES}:
        with suppress(OSError):
            lines = path.read_text("utf-8", errors="replace").split("\n")
            for number, line in enumerate(lines, FIRST):
                for name in read(line):
                    found[name].append(number)
    return found


def _in_json(line: str) -> Iterator[Name]:
    for field, value in FIELD.findall(line):
        with suppress(ValueError):
            yield field, json.loads(value)


def _in_rules(line: str) -> Iterator[Name]:
    if found := RULE.fullmatch(line.rstrip()):
        yield "name", found[2]
