"""The lines of files that findings are about, where they can be found surely."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tailboard.findings.finding import Place
from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.panels.lazy_pattern import declare_pattern

FIRST_LINE = 1
NAME_FIELD = declare_pattern(r'"(title|name)"\s*:\s*("(?:[^"\\]|\\.)*")')
RULE_NAME = declare_pattern(
    r"[\s-]*(?:alert|record)\s*:\s*(?P<quote>[\"']?)(.*?)(?P=quote)\s*(?:\s#.*)?"
)
VARIABLE_OR_ANNOTATION = declare_pattern(r"(?:variable|annotation) (.+)", re.DOTALL)

Name = tuple[str, str]
"""What is called so, and the name."""


def find_lines(places: Iterable[Place]) -> dict[Place, int]:
    """For each place, the line with the title of its panel or the name of its rule or variable.

    The first where there are several such lines, or none: what stands elsewhere, in a file of
    Python say, is not looked for.
    """
    by_source: dict[str, set[Place]] = defaultdict(set)
    for place in places:
        by_source[place.source].add(place)
    return {
        place: _find_line(place, lines_by_name)
        for source, source_places in by_source.items()
        for lines_by_name in [_read_names(Path(source))]
        for place in source_places
    }


def _find_line(place: Place, lines_by_name: Mapping[Name, list[int]]) -> int:
    if not place.panel:
        return FIRST_LINE
    match = VARIABLE_OR_ANNOTATION.fullmatch(place.panel)
    for name in (("title", place.panel), ("name", match[1] if match else place.panel)):
        if line_numbers := lines_by_name.get(name):
            return line_numbers[0] if len(line_numbers) == 1 else FIRST_LINE
    return FIRST_LINE


def _read_names(path: Path) -> dict[Name, list[int]]:
    """On which lines of a file something is called so."""
    find_names = _find_rule_names if path.suffix in RULE_FILE_SUFFIXES else _find_json_names
    lines_by_name: dict[Name, list[int]] = defaultdict(list)
    if path.suffix in {".json", *RULE_FILE_SUFFIXES}:
        with suppress(OSError):
            lines = path.read_text("utf-8", errors="replace").split("\n")
            for number, line in enumerate(lines, FIRST_LINE):
                for name in find_names(line):
                    lines_by_name[name].append(number)
    return lines_by_name


def _find_json_names(line: str) -> Iterator[Name]:
    for field, value in NAME_FIELD.findall(line):
        with suppress(ValueError):
            yield field, json.loads(value)


def _find_rule_names(line: str) -> Iterator[Name]:
    if match := RULE_NAME.fullmatch(line.rstrip()):
        yield "name", match[2]
