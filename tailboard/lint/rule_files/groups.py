"""Rule groups as Prometheus decodes them, and what makes it refuse a file as a whole.

Prometheus decodes YAML into typed fields: a number where text belongs is its text, an unknown or a
repeated key is an error. Source: model/rulefmt/rulefmt.go and go.yaml.in/yaml/v3 (decode.go).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.lint.rule_files.yaml_documents import (
    MERGE_KEY,
    YAML_TAG_PREFIX,
    Node,
    count_nodes,
    get_line,
    get_text,
    is_mapping,
    is_null,
    is_scalar,
    is_sequence,
)
from tailboard.panels.definition_error import suggest_name
from tailboard.panels.lazy_pattern import declare_pattern

Problem = tuple[str, str, str]
"""What is wrong, what to do about it, and the name of the rule; empty where it is in none."""

MAX_ALIASED_NODES = 400_000
"""Nodes that aliases may add to those that are written: beyond it, YAML libraries refuse too."""

FIELDS_BY_OWNER: Mapping[str, frozenset[str]] = {
    "Mimir": frozenset(
        {"align_evaluation_time_on_interval", "evaluation_delay", "namespace", "source_tenants"}
    ),
    "Thanos": frozenset({"partial_response_strategy"}),
    "VictoriaMetrics": frozenset(
        {
            *("concurrency", "debug", "eval_alignment", "eval_delay", "eval_offset", "headers"),
            *("notifier_headers", "params", "tenant", "type", "update_entries_limit"),
        }
    ),
}
"""Fields of rule files that Prometheus refuses and others know."""

SCALAR_PATTERNS = {
    "null": declare_pattern(r"~|null|Null|NULL|"),
    "bool": declare_pattern(r"(?i:true|false|yes|no|on|off|y|n)"),
    "int": declare_pattern(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"),
    "float": declare_pattern(
        r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(?i:inf)|\.(?i:nan)"
    ),
    "timestamp": declare_pattern(r"\d{4}-\d{1,2}-\d{1,2}([Tt \t].*)?"),
}
"""What may stand behind `!!int` and the like."""

INTEGER = declare_pattern(r"[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|\d[\d_]*)")
WHOLE_FLOAT = declare_pattern(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")


@dataclass
class GroupDecoder:
    """Decodes the groups of one document; what is wrong is added to `problems`.

    `allowed_fields` are fields of others that do no harm where this document goes.
    """

    allowed_fields: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    _budget: int = 0
    _rule_name: str = ""

    def decode_file(self, root: Node) -> list[dict[str, Any]]:
        """The groups of a rule file."""
        self._budget = MAX_ALIASED_NODES + count_nodes(root)
        content = self._decode_fields(root, FILE_READERS, "the file")
        groups: list[dict[str, Any]] = content.get("groups") or []
        return groups

    def decode_groups(self, node: Node) -> list[dict[str, Any]]:
        """The groups of a list that stands somewhere else than in a rule file."""
        self._budget = MAX_ALIASED_NODES + count_nodes(node)
        return self._read_groups(node, "groups")

    def add_problem(self, problem: str, tip: str, node: Node | None = None) -> None:
        """Something that makes Prometheus refuse the file."""
        suffix = f" (line {get_line(node)})" if node is not None else ""
        self.problems.append((f"{problem}{suffix}", tip, self._rule_name))

    def _read_groups(self, node: Node, name: str) -> list[dict[str, Any]]:
        return [
            self._decode_fields(item, GROUP_READERS, "a group")
            for item in self._list_items(node, name)
        ]

    def _read_rules(self, node: Node, name: str) -> list[dict[str, Any]]:
        rules = []
        for item in self._list_items(node, name):
            self._rule_name = get_text(item, "alert") or get_text(item, "record")
            rules.append(self._decode_fields(item, RULE_READERS, "a rule"))
            self._rule_name = ""
        return rules

    def _read_text(self, node: Node, name: str) -> str:
        if not is_scalar(node):
            kind = "a list" if is_sequence(node) else "a mapping"
            self.add_problem(f"{name!r} is {kind} where text belongs", "write text.", node)
            return ""
        self._check_tag(node)
        return "" if is_null(node) else str(node.value)

    def _read_duration(self, node: Node, name: str) -> str | None:
        return None if is_null(node) else self._read_text(node, name)

    def _read_number(self, node: Node, name: str) -> int:
        if is_null(node):
            return 0
        text = str(node.value) if is_scalar(node) else ""
        is_plain = is_scalar(node) and not node.style
        if not is_plain or not (INTEGER.fullmatch(text) or WHOLE_FLOAT.fullmatch(text)):
            self.add_problem(f"{name!r} is not a number", "write a whole number.", node)
        return int(text) if text.isdecimal() else 0

    def _read_texts(self, node: Node, name: str) -> dict[str, str]:
        """Labels or annotations."""
        if is_null(node):
            return {}
        if not is_mapping(node):
            self.add_problem(
                f"{name!r} is not a mapping of names to texts", "write name: text.", node
            )
            return {}
        texts: dict[str, str] = {}
        for key, value in self._list_pairs(node):
            if is_null(key):
                continue
            label = self._read_text(key, f"a name in {name}")
            texts.setdefault(label, self._read_text(value, label))
        return texts

    def _list_items(self, node: Node, name: str) -> list[Node]:
        if is_null(node):
            return []
        if not is_sequence(node):
            self.add_problem(f"{name!r} is not a list", "begin each entry with a dash.", node)
            return []
        self._spend(len(node.value), node)
        # Entries and keys that are null are dropped, as by yaml.v3.
        return [item for item in node.value if not is_null(item)] if self._budget > 0 else []

    def _decode_fields(
        self, node: Node, readers: Mapping[str, "FieldReader"], name: str
    ) -> dict[str, Any]:
        if is_null(node):
            return {}
        if not is_mapping(node):
            self.add_problem(f"{name} is not a mapping", "write field: value.", node)
            return {}
        fields: dict[str, Any] = {}
        for key, value in self._list_pairs(node):
            field_name = str(key.value) if is_scalar(key) else ""
            if field_name in self.allowed_fields or field_name in fields:
                continue
            if field_name not in readers:
                self._add_unknown_field(field_name, key, name, readers)
                continue
            fields[field_name] = readers[field_name](self, value, field_name)
        return fields

    def _add_unknown_field(
        self, field_name: str, key: Node, name: str, readers: Mapping[str, "FieldReader"]
    ) -> None:
        owner = next((owner for owner, names in FIELDS_BY_OWNER.items() if field_name in names), "")
        if owner:
            self.add_problem(
                f"{field_name!r} is a field of {owner}, and Prometheus does not load the file",
                f"take it away; if {owner} loads the file, exclude this rule.",
                key,
            )
        else:
            self.add_problem(
                f"{name} has the unknown field {field_name!r}",
                f"take it away; {suggest_name(field_name, readers)}",
                key,
            )

    def _list_pairs(self, mapping: Node) -> Iterator[tuple[Node, Node]]:
        """The keys and values, first its own, then those that it merges from others."""
        pending = [mapping]
        while pending:
            merged_node = pending.pop()
            if not is_mapping(merged_node):
                self.add_problem(
                    "`<<` merges what is not a mapping", "name a mapping.", merged_node
                )
                continue
            self._spend(len(merged_node.value), merged_node)
            if self._budget <= 0:
                return
            for key, value in self._list_unique_pairs(merged_node):
                if is_scalar(key) and key.value == MERGE_KEY:
                    pending += reversed(value.value if is_sequence(value) else [value])
                else:
                    yield key, value

    def _list_unique_pairs(self, mapping: Node) -> Iterator[tuple[Node, Node]]:
        """The keys and values of one mapping; of a key that is there twice, the first."""
        lines: dict[tuple[str, str], int] = {}
        for key, value in mapping.value:
            identity = (str(key.id), str(key.value) if is_scalar(key) else "")
            if identity in lines:
                self.add_problem(
                    f"{identity[1]!r} stands there twice, first on line {lines[identity]}",
                    "take one of them away.",
                    key,
                )
                continue
            lines[identity] = get_line(key)
            yield key, value

    def _spend(self, node_count: int, node: Node) -> None:
        """Count nodes, however often aliases lead to them."""
        had_budget = self._budget > 0
        self._budget -= node_count + 1
        if had_budget and self._budget <= 0:
            self.add_problem(
                "its aliases multiply it beyond what is loaded", "write out less by aliases.", node
            )

    def _check_tag(self, node: Node) -> None:
        """Whether the value is of the type that its tag names: `!!int foo` is not."""
        kind = str(node.tag).removeprefix(YAML_TAG_PREFIX)
        pattern = SCALAR_PATTERNS.get(kind)
        is_valid = pattern is None or pattern.fullmatch(str(node.value)) is not None
        if not is_valid and not (
            kind == "float" and SCALAR_PATTERNS["int"].fullmatch(str(node.value))
        ):
            self.add_problem(
                f"!!{kind} stands before {str(node.value)!r}, which is none",
                "take the tag away.",
                node,
            )


FieldReader = Callable[[GroupDecoder, Node, str], Any]

RULE_READERS: dict[str, FieldReader] = {
    "record": GroupDecoder._read_text,
    "alert": GroupDecoder._read_text,
    "expr": GroupDecoder._read_text,
    "for": GroupDecoder._read_duration,
    "keep_firing_for": GroupDecoder._read_duration,
    "labels": GroupDecoder._read_texts,
    "annotations": GroupDecoder._read_texts,
}
GROUP_READERS: dict[str, FieldReader] = {
    "name": GroupDecoder._read_text,
    "interval": GroupDecoder._read_duration,
    "query_offset": GroupDecoder._read_duration,
    "limit": GroupDecoder._read_number,
    "labels": GroupDecoder._read_texts,
    "rules": GroupDecoder._read_rules,
}
FILE_READERS: dict[str, FieldReader] = {"groups": GroupDecoder._read_groups}
