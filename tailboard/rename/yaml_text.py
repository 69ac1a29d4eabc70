"""YAML changed in its text: scalars, where they stand, in the style that they are written in."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tailboard.lint.rule_files.yaml_documents import (
    Node,
    is_mapping,
    is_scalar,
    is_sequence,
    read_yaml,
)
from tailboard.panels.definition_error import DefinitionError
from tailboard.rename.text_edits import Style, TextEdit, WrittenText

PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""The anchor and the tag before a value, where its node begins."""

STYLES: Mapping[str | None, Style] = {None: "plain", "": "plain", '"': "double", "'": "single"}


def is_same_yaml(old_roots: list[Node], changes: list[tuple[Node, str]], new_text: str) -> bool:
    """Whether a text holds these documents with the changes, and nothing else."""
    try:
        new_roots, problem = read_yaml(new_text.encode("utf-8", "surrogatepass"))
    except DefinitionError:
        return False
    new_texts = {id(node): text for node, text in changes}
    pairs = [*zip(old_roots, new_roots, strict=False)]
    is_same = problem is None and len(old_roots) == len(new_roots)
    visited_ids: set[int] = set()
    while is_same and pairs:
        old, new = pairs.pop()
        if id(old) not in visited_ids:
            visited_ids.add(id(old))
            is_same = _is_same_node(old, new, new_texts.get(id(old)))
            pairs += _list_children(old, new) if is_same else []
    return is_same


def _is_same_node(old: Node, new: Node, new_text: str | None) -> bool:
    """Whether a node is the other one, apart from what is below it and from white space."""
    if old.id != new.id or old.tag != new.tag:
        return False
    if is_scalar(old):
        expected_text = old.value if new_text is None else new_text
        return bool(expected_text.split() == new.value.split())
    return len(old.value) == len(new.value)


def _list_children(old: Node, new: Node) -> list[tuple[Node, Node]]:
    if is_sequence(old):
        return [*zip(old.value, new.value, strict=True)]
    if is_mapping(old):
        pairs = zip(old.value, new.value, strict=True)
        return [
            nodes for old_pair, new_pair in pairs for nodes in zip(old_pair, new_pair, strict=True)
        ]
    return []


def list_scalar_edits(text: str, node: Node, new_value: str) -> list[TextEdit] | None:
    """The edits that give a scalar another value; None where it cannot have it in its style."""
    start, end = node.start_mark.index, node.end_mark.index
    properties = PROPERTIES.match(text, start, end)
    start = properties.end() if properties else start
    if node.style in {"|", ">"}:
        written_text = _read_block(text, node, start, end)
        return written_text.list_edits(node.value, new_value) if written_text else None
    style = STYLES.get(node.style, "plain")
    width = 0 if style == "plain" else 1
    written_text = WrittenText(text, start + width, end - width, style)
    edits = written_text.list_edits(node.value, new_value)
    if edits is not None and (style != "plain" or _is_plain(new_value, _is_in_flow(text, start))):
        return edits
    return [TextEdit(start, end, _quote(new_value))]


def _read_block(text: str, node: Node, start: int, end: int) -> WrittenText | None:
    """The lines of a literal or a folded block."""
    content_start = text.find("\n", start, end) + 1
    if not content_start:
        return None
    lines = text[content_start:end].split("\n")
    line = next((line for line in lines if line.strip()), "")
    first_line = next((line for line in str(node.value).split("\n") if line.strip()), "")
    indent = line[: len(line) - len(line.lstrip())]
    extra = len(first_line) - len(first_line.lstrip())
    return WrittenText(
        text, content_start, end, "block", indent=indent[: len(indent) - extra] if extra else indent
    )


def _is_plain(value: str, is_in_flow: bool) -> bool:
    """Whether a text can stand without quotes, and is read as the same text."""
    if is_in_flow and any(char in value for char in ",[]{}"):
        return False
    try:
        roots, problem = read_yaml(f"key: {value}\n".encode("utf-8", "surrogatepass"))
    except DefinitionError:
        return False
    if problem is not None or len(roots) != 1 or not is_mapping(roots[0]):
        return False
    (_, node), *others = roots[0].value
    is_text = is_scalar(node) and not node.style and node.tag.endswith(":str")
    return bool(not others and is_text and node.value == value)


def _is_in_flow(text: str, start: int) -> bool:
    """Whether brackets may be open before a scalar on its line."""
    line: Any = text[text.rfind("\n", 0, start) + 1 : start]
    return "{" in line or "[" in line


def _quote(value: str) -> str:
    """The text in single quotes, or in double ones where it has several lines."""
    if any(not char.isprintable() for char in value):
        return json.dumps(value, ensure_ascii=False)
    return "'" + value.replace("'", "''") + "'"
