"""On which lines of a file its texts stand, whatever kind of file it is."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.rule_files.yaml_documents import get_line, is_mapping, is_scalar, read_yaml
from tailboard.panels.definition_error import DefinitionError

STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"', re.DOTALL)


class LineIndex:
    """The lines of the texts of one file; each is given out once, in the order of the file."""

    def __init__(self, path: Path) -> None:
        self._lines: dict[str, list[int]] = defaultdict(list)
        for text, line in _list_texts(path):
            self._lines[text].append(line)

    def find_line(self, text: str, name: str = "") -> int:
        """The line of a text, or of the only text that has a name in it; 0 where it is unknown."""
        lines = self._lines.get(text)
        if lines:
            return lines.pop(0) if len(lines) > 1 else lines[0]
        if not name:
            return 0
        candidates = {
            line
            for other, other_lines in self._lines.items()
            if name in other
            for line in other_lines
        }
        return candidates.pop() if len(candidates) == 1 else 0


def _list_texts(path: Path) -> Iterator[tuple[str, int]]:
    try:
        content = path.read_bytes()
    except (OSError, ValueError):
        return
    if path.suffix == ".json":
        yield from list_json_strings(content.decode("utf-8", "replace"))
    elif path.suffix in RULE_FILE_SUFFIXES:
        yield from _list_yaml_scalars(content)
    elif path.suffix == ".py":
        yield from _list_python_strings(content)


def list_json_strings(text: str) -> Iterator[tuple[str, int]]:
    """The strings of JSON with the lines on which they stand."""
    line, position = 1, 0
    for match in STRING.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        try:
            yield str(json.loads(match[0], strict=False)), line
        except ValueError:
            continue


def _list_yaml_scalars(content: bytes) -> Iterator[tuple[str, int]]:
    try:
        pending, _ = read_yaml(content)
    except DefinitionError:
        return
    pending = pending[::-1]
    visited_ids: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in visited_ids:
            continue
        visited_ids.add(id(node))
        if is_scalar(node):
            yield str(node.value), get_line(node) + (node.style in {"|", ">"})
        elif is_mapping(node):
            pending += [child for pair in reversed(node.value) for child in reversed(pair)]
        else:
            pending += reversed(node.value)


def _list_python_strings(content: bytes) -> Iterator[tuple[str, int]]:
    try:
        module = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno
