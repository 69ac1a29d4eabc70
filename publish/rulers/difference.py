"""What changes from one rule group to another, in the words of who is paged by it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup

TOKEN_PATTERN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
    r"|(?P<number>(?<![\w.:])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.:]))"
    r"|(?P<word>[\w.:]+)|(?P<comparison>[<>]=?|[!=]=)|(?P<other>\S)"
)
UNITS_BY_TEMPLATE = {"humanizeDuration": " s", "humanizePercentage": "%", "humanize1024": " bytes"}
"""The unit of an alert's value, by the function that its annotations print it with."""

MAX_LENGTH = 60
FIELD_LABELS = {"for": "lasting", "keep_firing_for": "goes on firing for"}
DISTINGUISHING_LABELS = ("objective", "percentile", "severity")
RuleKey = tuple[str, str, tuple[str, ...], int]


def describe_group_differences(old: RuleGroup, new: RuleGroup) -> list[str]:
    """Each change in a phrase, none where both mean the same."""
    if old.normal_form == new.normal_form:
        return []
    phrases = [*_compare_group_fields(old.normal_form, new.normal_form)]
    old_rules, new_rules = _index_rules(old), _index_rules(new)
    for key, rule in new_rules.items():
        name = _format_rule_name(rule, new)
        if key not in old_rules:
            phrases.append(f"{name} added")
        elif changes := list(_compare_rules(old_rules[key], rule)):
            phrases.append(f"{name}: {', '.join(changes)}")
    phrases += [
        f"{_format_rule_name(rule, old)} removed"
        for key, rule in old_rules.items()
        if key not in new_rules
    ]
    if [key for key in old_rules if key in new_rules] != [
        key for key in new_rules if key in old_rules
    ]:
        phrases.append("order of rules changed")
    return phrases or ["something else changed"]


def _compare_group_fields(old: JsonObject, new: JsonObject) -> Iterator[str]:
    for name in sorted({*old, *new} - {"name", "rules"}):
        if old.get(name) != new.get(name):
            label = name.replace("_", " ")
            yield f"{label} {_format_value(old.get(name))} -> {_format_value(new.get(name))}"


def _index_rules(group: RuleGroup) -> dict[RuleKey, JsonObject]:
    """The rules by kind, name and the labels that tell alerts of one name apart."""
    counts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    rules: dict[RuleKey, JsonObject] = {}
    for rule in group.normal_form["rules"]:
        kind = "record" if rule.get("record") else "alert"
        labels = rule.get("labels") or {}
        names = sorted(labels) if kind == "record" else DISTINGUISHING_LABELS
        key = (kind, rule.get(kind, ""), tuple(labels.get(name, "") for name in names))
        counts[key] += 1
        rules[*key, counts[key]] = rule
    return rules


def _format_rule_name(rule: Mapping[str, Any], group: RuleGroup) -> str:
    """How people call a rule: with its service, and what distinguishes it from its namesakes."""
    kind = "record" if rule.get("record") else "alert"
    labels = rule.get("labels") or {}
    service = f" of {labels['service']}" if labels.get("service") else ""
    is_only_one = [other.get(kind) for other in group.normal_form["rules"]].count(rule[kind]) == 1
    texts = [labels[name] for name in DISTINGUISHING_LABELS if labels.get(name)]
    distinction = f" ({', '.join(texts)})" if texts and not is_only_one else ""
    return f"{'recording rule' if kind == 'record' else 'alert'} {rule[kind]}{service}{distinction}"


def _compare_rules(old: JsonObject, new: JsonObject) -> Iterator[str]:
    if old["expr"] != new["expr"]:
        yield _describe_query_change(old, new)
    for name in ("for", "keep_firing_for"):
        if old.get(name) != new.get(name):
            old_text, new_text = (_format_duration(rule.get(name)) for rule in (old, new))
            yield f"{FIELD_LABELS[name]} {old_text} -> {new_text}"
    yield from _compare_texts("label", old.get("labels") or {}, new.get("labels") or {})
    old_annotations, new_annotations = old.get("annotations") or {}, new.get("annotations") or {}
    if changed_names := [
        name
        for name in sorted({*old_annotations, *new_annotations})
        if old_annotations.get(name) != new_annotations.get(name)
    ]:
        yield f"{' and '.join(changed_names)} changed"
    others = {*old, *new} - {"alert", "record", "expr", "labels", "annotations", *FIELD_LABELS}
    yield from (f"{name} changed" for name in sorted(others) if old.get(name) != new.get(name))


def _compare_texts(
    kind: str, old_texts: Mapping[str, str], new_texts: Mapping[str, str]
) -> Iterator[str]:
    for name in sorted({*old_texts, *new_texts}):
        old_text, new_text = old_texts.get(name), new_texts.get(name)
        if old_text != new_text:
            yield f"{kind} {name} {_format_value(old_text)} -> {_format_value(new_text)}"


def _describe_query_change(old: JsonObject, new: JsonObject) -> str:
    """Another threshold, where only numbers differ and one is compared with; else the query."""
    thresholds = find_threshold_change(old["expr"], new["expr"]) if new.get("alert") else None
    if thresholds is None:
        return "query changed"
    unit = _find_unit(new)
    return f"threshold {' -> '.join(_format_number(text, unit) for text in thresholds)}"


def find_threshold_change(old_query: str, new_query: str) -> tuple[str, str] | None:
    """The first number that a comparison has on its right and that differs.

    None where anything but numbers, in quotes or not, differs.
    """
    old_tokens, new_tokens = _list_tokens(old_query), _list_tokens(new_query)
    is_after_comparison, thresholds = False, None
    for old, new in zip_longest(old_tokens, new_tokens, fillvalue=("", "")):
        if old != new:
            if old[0] != new[0] or not (_is_number(old) and _is_number(new)):
                return None
            if old[0] == "number" and is_after_comparison and thresholds is None:
                thresholds = (old[1], new[1])
        is_after_comparison = old[0] == "comparison" or (is_after_comparison and old[1] in "(-")
    return thresholds


def _list_tokens(query: str) -> Sequence[tuple[str, str]]:
    return [(str(match.lastgroup), match[0]) for match in TOKEN_PATTERN.finditer(query)]


def _is_number(token: tuple[str, str]) -> bool:
    kind, text = token
    return kind == "number" or (kind == "string" and bool(re.search(r"\d", text)))


def _find_unit(rule: JsonObject) -> str:
    texts = " ".join((rule.get("annotations") or {}).values())
    return next((unit for name, unit in UNITS_BY_TEMPLATE.items() if name in texts), "")


def _format_number(text: str, unit: str) -> str:
    return f"{float(text) * 100:g}%" if unit == "%" else f"{float(text):g}{unit}"


def _format_duration(text: str | None) -> str:
    """A duration of the normal form, which is in seconds, in the largest unit that fits."""
    if not text:
        return "0s"
    seconds = float(text.removesuffix("s")) if re.fullmatch(r"[\d.e+]+s", text) else 0.0
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return text


def _format_value(value: Any) -> str:
    if value is None:
        return "none"
    text = _format_duration(value) if re.fullmatch(r"[\d.]+s", str(value)) else str(value)
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}..."
