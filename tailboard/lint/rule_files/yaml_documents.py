"""YAML as nodes with their lines. No value is constructed, so that no tag can fail or run code.

PyYAML's composer returns one node for an anchor and all its aliases.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tailboard.panels.definition_error import DefinitionError

Node = Any
"""A node of PyYAML: `ScalarNode`, `SequenceNode` or `MappingNode`."""

MAX_DEPTH = 100
"""Levels of nesting: more than any manifest has, fewer than exhaust the composer's stack."""

YAML_TAG_PREFIX = "tag:yaml.org,2002:"
MERGE_KEY = "<<"


def read_yaml(content: bytes) -> tuple[list[Node], DefinitionError | None]:
    """The root nodes of the documents that are not empty, and what ends the text too early.

    An error behind the first document harms those alone who read further than Prometheus. Raises
    `DefinitionError` where the first document is not YAML, and where one is nested too deep.
    """
    import yaml

    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _check_depth(content, loader_class)
    roots: list[Node] = []
    loader = loader_class(content)
    try:
        while loader.check_node():
            roots.append(loader.get_node())
    except (yaml.YAMLError, UnicodeError) as error:
        definition_error = DefinitionError(
            f"it cannot be read as YAML: {_describe_error(error)}",
            tip="correct the YAML; `promtool check rules` names the place too.",
        )
        if not roots:
            raise definition_error from error
        return roots, definition_error
    finally:
        loader.dispose()
    return [root for root in roots if not is_null(root)], None


def _check_depth(content: bytes, loader_class: Any) -> None:
    """Count the nesting before anything is composed: composing calls itself at each level."""
    import yaml

    depth = 0
    for event in _list_events(yaml.parse(content, Loader=loader_class)):
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > MAX_DEPTH:
            raise DefinitionError(
                f"its YAML is nested more than {MAX_DEPTH} deep",
                tip="a rule file has groups, rules, labels and annotations, and nothing deeper.",
            )


def _list_events(events: Iterator[Any]) -> Iterator[Any]:
    """The events up to the first error, which composing reports."""
    import yaml

    with suppress(yaml.YAMLError, UnicodeError):
        yield from events


def _describe_error(error: Exception) -> str:
    """What the parser says, with the line, in one line of text."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{problem} (line {mark.line + 1})" if mark else str(problem)


def get_line(node: Node) -> int:
    """The line on which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1


def is_mapping(node: Node) -> bool:
    """Whether it is a mapping."""
    return bool(node.id == "mapping")


def is_sequence(node: Node) -> bool:
    """Whether it is a list."""
    return bool(node.id == "sequence")


def is_scalar(node: Node) -> bool:
    """Whether it is a text, a number or another single value."""
    return bool(node.id == "scalar")


def is_null(node: Node) -> bool:
    """Whether it is the value null, or nothing at all."""
    return is_scalar(node) and node.tag == f"{YAML_TAG_PREFIX}null"


def get_child(node: Node, *path: str) -> Node | None:
    """What stands at a path of keys; None where there is nothing."""
    for name in path:
        if node is None or not is_mapping(node):
            return None
        node = next(
            (child for key, child in node.value if is_scalar(key) and key.value == name), None
        )
    return node


def get_text(node: Node | None, *path: str) -> str:
    """The text at a path of keys; empty where there is none."""
    child = get_child(node, *path) if node is not None else None
    return str(child.value) if child is not None and is_scalar(child) else ""


def list_keys(node: Node) -> set[str]:
    """The keys of a mapping that are texts; none of another node."""
    return {key.value for key, _ in node.value if is_scalar(key)} if is_mapping(node) else set()


def count_nodes(root: Node) -> int:
    """How many nodes a document has; an alias counts with its anchor."""
    seen_ids: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if id(node) in seen_ids:
            continue
        seen_ids.add(id(node))
        if is_sequence(node):
            pending += node.value
        elif is_mapping(node):
            pending += (child for pair in node.value for child in pair)
    return len(seen_ids)
