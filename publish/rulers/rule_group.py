"""One rule group: what a definition declares or a ruler stores, and its mark.

The mark is a comment in front of the first query: the one place that every ruler stores unchanged
and that changes nothing else. A label would become one of every alert and recorded series, and a
label that changes with every publish would resolve alerts and start other ones.
https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule_group
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tailboard.panels.duration import DURATION_PATTERN, parse_duration

JsonObject = dict[str, Any]

NORMAL_FORM_VERSION = 1
MARK_PATTERN = re.compile(
    r"# tailboard: owner=(?P<owner>[a-z0-9-]+) form=(?P<form>[0-9]{1,9}) "
    r"checksum=(?P<checksum>[0-9a-f]{32})(?:, declared in code)?[ \t]*(?:\r?\n|$)"
)
DURATION_FIELDS = frozenset({"interval", "for", "keep_firing_for", "query_offset"})
SCALAR_FIELDS = frozenset({*DURATION_FIELDS, "alert", "expr", "record"})
ORDERED_FIELDS = ("name", "interval", "query_offset", "limit", "labels", "rules")
EMPTY_VALUES: tuple[Any, ...] = ("", "0", None, [], {})


@dataclass(frozen=True)
class Mark:
    """Whose a group is, and the checksum of what was published.

    Another `form` than ours means that the checksum is of another normal form, and tells nothing.
    """

    owner: str
    checksum: str
    form: int = NORMAL_FORM_VERSION

    def __str__(self) -> str:
        return (
            f"# tailboard: owner={self.owner} form={self.form} checksum={self.checksum}, "
            "declared in code"
        )


@dataclass(frozen=True)
class RuleGroup:
    """A group with its mark, in the form of Prometheus' rule files; texts may be unquoted."""

    content: JsonObject = field(repr=False)

    @property
    def name(self) -> str:
        """Its name, unique in its namespace."""
        return str(self.content["name"])

    @property
    def rules(self) -> list[JsonObject]:
        """Its rules, in the order of their evaluation."""
        rules: list[JsonObject] = self.content["rules"]
        return rules

    @cached_property
    def mark(self) -> Mark | None:
        """Whose it is, or None where nobody of us published it."""
        marks = (parse_mark(read_query(rule)) for rule in self.rules)
        return next((mark for mark in marks if mark), None)

    @cached_property
    def normal_form(self) -> JsonObject:
        """What it means, without the mark: two of the same meaning are equal."""
        group = _normalize_fields({**self.content, "rules": None})
        return {**group, "rules": [_normalize_rule(rule) for rule in self.rules]}

    @cached_property
    def checksum(self) -> str:
        """A digest of what it means."""
        text = json.dumps(self.normal_form, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]

    @property
    def is_edited(self) -> bool:
        """Whether it is not what its mark says was published."""
        mark = self.mark
        return mark is None or mark.form != NORMAL_FORM_VERSION or mark.checksum != self.checksum

    @property
    def has_recording_rules(self) -> bool:
        """Whether panels and alerts may read a series of it."""
        return any(rule.get("record") for rule in self.rules)

    @property
    def service(self) -> str:
        """The slug of the service that its name begins with; empty for another name."""
        return self.name.rpartition(": ")[0]


def add_mark(content: JsonObject, owner: str) -> RuleGroup:
    """The group with the mark of an owner, in place of any that it had."""
    mark = Mark(owner, RuleGroup(content).checksum)
    rules = [{**rule, "expr": strip_mark(read_query(rule))} for rule in content["rules"]]
    rules[0]["expr"] = f"{mark}\n{rules[0]['expr']}"
    return RuleGroup({**content, "rules": rules})


def parse_mark(query: str) -> Mark | None:
    """The mark in front of a query, None where there is none."""
    match = MARK_PATTERN.match(query)
    return Mark(match["owner"], match["checksum"], int(match["form"])) if match else None


def strip_mark(query: str) -> str:
    """A query without the comment of a mark."""
    return MARK_PATTERN.sub("", query, count=1) if MARK_PATTERN.match(query) else query


def read_query(rule: Mapping[str, Any]) -> str:
    """The query of a rule, with its mark if it has one."""
    return str(rule.get("expr") or "")


def parse_group(content: Any) -> RuleGroup:
    """A group that a server or a file holds.

    Raises `TypeError`, `KeyError` or `ValueError` for what is none.
    """
    if not isinstance(content, dict) or not isinstance(content["name"], str):
        raise TypeError("not a rule group")
    rules = content.get("rules") or []
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise TypeError("rules that are no list of objects")
    for holder in (content, *rules):
        for name in ("labels", "annotations"):
            texts = holder.get(name) or {}
            if not isinstance(texts, dict) or any(map(_is_nested, texts.values())):
                raise TypeError(f"{name} that are no object of texts")
        if any(_is_nested(holder.get(name)) for name in SCALAR_FIELDS):
            raise TypeError("a list or an object where a text belongs")
    fields = {name: content[name] for name in ORDERED_FIELDS if name in content}
    group = {**fields, **content, "rules": [dict(rule) for rule in rules]}
    if "limit" in group:
        group["limit"] = int(str(group["limit"]))
    return RuleGroup(group)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def _normalize_rule(rule: Mapping[str, Any]) -> JsonObject:
    return _normalize_fields({**rule, "expr": strip_mark(read_query(rule)).strip()})


def _normalize_fields(fields: Mapping[str, Any]) -> JsonObject:
    """The fields that say anything; a duration of nothing says nothing."""
    normal_fields = {
        name: _normalize_duration(value) if name in DURATION_FIELDS else _normalize_value(value)
        for name, value in fields.items()
    }
    return {name: value for name, value in normal_fields.items() if value not in EMPTY_VALUES}


def _normalize_value(value: Any) -> Any:
    """Texts for all scalars: YAML of servers has no types here."""
    if isinstance(value, dict):
        return {str(name): _normalize_value(entry) for name, entry in sorted(value.items())}
    if isinstance(value, list):
        return [_normalize_value(entry) for entry in value]
    return value if value is None else str(value)


def _normalize_duration(value: Any) -> str:
    """A duration in seconds, so that 60s is 1m; the text itself where it is none."""
    text = str(value or "").strip()
    if text in {"", "0"} or not DURATION_PATTERN.fullmatch(text):
        return text
    return f"{parse_duration(text):g}s" if parse_duration(text) else ""
