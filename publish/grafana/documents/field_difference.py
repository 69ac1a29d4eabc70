"""What changes in the fields of a part of a document, in words that readers of dashboards know."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tailboard.dashboards.schema_v2.values import list_objects
from tailboard.publish.grafana.documents.normalize import serialize_json

Document = Mapping[str, Any]

MAX_LENGTH = 60
FIELD_LABELS = {
    "autoRefresh": "refresh",
    "current": "default value",
    "cursorSync": "shared crosshair",
    "description": "description",
    "fieldConfig.defaults.decimals": "decimals",
    "fieldConfig.defaults.mappings": "value mappings",
    "fieldConfig.defaults.max": "maximum",
    "fieldConfig.defaults.min": "minimum",
    "fieldConfig.defaults.unit": "unit",
    "fieldConfig.overrides": "overrides",
    "maxDataPoints": "data points",
    "options.legend": "legend",
    "options.tooltip": "tooltip",
    "time": "time range",
    "timezone": "time zone",
    "type": "kind",
}
"""What people call a part of a document."""

FIRST_FIELDS = ("title", "type", "targets")
"""The fields of a panel that are compared first, before the rest by name."""

TARGET_LABELS = {"expr": "query", "legendFormat": "legend", "interval": "step"}
SCALAR_TYPES = (str, int, float, bool, type(None))

ItemKey = tuple[str, int]
"""What an item is known by, and how many such items come before it."""


def is_same(first: Any, second: Any) -> bool:
    """Whether two values are one in JSON."""
    return serialize_json(first) == serialize_json(second)


def build_key(label: str, counts: Counter[str]) -> ItemKey:
    """The key of the next item with a label; `counts` has how many there were."""
    counts[label] += 1
    return label, counts[label]


def compare_by_name(kind: str, old: Any, new: Any) -> Iterator[str]:
    """The changes of items that are known by their names, such as variables."""
    old_items, new_items = _build_index(old, "name"), _build_index(new, "name")
    for key, item in new_items.items():
        if key not in old_items:
            yield f"{kind} {key[0]!r} added"
        elif changes := list(compare_fields(old_items[key], item, excluded_fields=set())):
            yield f"{kind} {key[0]!r}: {', '.join(changes)}"
    yield from (f"{kind} {key[0]!r} removed" for key in old_items if key not in new_items)
    if [key for key in old_items if key in new_items] != [
        key for key in new_items if key in old_items
    ]:
        yield f"order of {kind}s changed"


def _build_index(items: Any, name: str) -> dict[ItemKey, Any]:
    counts: Counter[str] = Counter()
    return {build_key(str(item.get(name, "")), counts): item for item in list_objects(items)}


def compare_fields(old: Document, new: Document, excluded_fields: set[str]) -> Iterator[str]:
    """The fields that differ; some have words of their own."""
    names = sorted({*old, *new} - excluded_fields)
    for name in sorted(
        names,
        key=lambda field: FIRST_FIELDS.index(field) if field in FIRST_FIELDS else len(FIRST_FIELDS),
    ):
        old_value, new_value = old.get(name), new.get(name)
        if not is_same(old_value, new_value):
            yield from list(_compare_parts(name, old_value, new_value)) or [
                describe_change(name, old_value, new_value)
            ]


def _compare_parts(name: str, old: Any, new: Any) -> Iterable[str]:
    """The differences within a field, part by part where people know its parts."""
    if name == "targets":
        return _compare_targets(old, new)
    if name == "current":
        return _compare_current(old, new)
    if name in {"fieldConfig", "options"}:
        return _compare_nested(name, {} if old is None else old, {} if new is None else new)
    return ()


def _compare_current(old: Any, new: Any) -> Iterator[str]:
    """What a variable has chosen when the dashboard is opened."""
    old_text, new_text = _format_current(old), _format_current(new)
    if old_text != new_text:
        yield describe_change("current", old_text, new_text)


def _format_current(current: Any) -> Any:
    text = current.get("text") if isinstance(current, dict) else current
    return ", ".join(map(str, text)) if isinstance(text, list) else text


def _compare_nested(path: str, old: Any, new: Any) -> Iterator[str]:
    """What differs within, as deep as a part has a name that people know."""
    if path == "fieldConfig.defaults.thresholds":
        yield from _compare_thresholds(old, new)
    elif path in FIELD_LABELS or not (isinstance(old, dict) and isinstance(new, dict)):
        yield describe_change(path, old, new)
    else:
        for name in sorted({*old, *new}):
            if not is_same(old.get(name), new.get(name)):
                yield from _compare_nested(f"{path}.{name}", old.get(name), new.get(name))


def _compare_thresholds(old: Any, new: Any) -> Iterator[str]:
    old_values, new_values = _list_threshold_values(old), _list_threshold_values(new)
    changed_pairs = [
        (old_value, new_value)
        for old_value, new_value in zip(old_values, new_values, strict=False)
        if not is_same(old_value, new_value)
    ]
    if len(old_values) != len(new_values):
        yield f"thresholds {_format_values(old_values)} -> {_format_values(new_values)}"
    elif changed_pairs:
        yield from (
            f"threshold {_format_value(old_value)} -> {_format_value(new_value)}"
            for old_value, new_value in changed_pairs
        )
    else:
        yield "thresholds changed"


def _list_threshold_values(thresholds: Any) -> list[Any]:
    """The values of thresholds, without the base that has none."""
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    return [step["value"] for step in list_objects(steps) if step.get("value") is not None]


def _format_values(values: list[Any]) -> str:
    return ", ".join(map(_format_value, values)) or "none"


def _compare_targets(old: Any, new: Any) -> Iterator[str]:
    """What became of the queries of a panel."""
    old_targets, new_targets = _build_index(old, "refId"), _build_index(new, "refId")
    has_several = len(old_targets) > 1 or len(new_targets) > 1
    for key in [
        *old_targets,
        *(target_key for target_key in new_targets if target_key not in old_targets),
    ]:
        suffix = f" {key[0]}" if has_several and key[0] else ""
        if key not in old_targets:
            yield f"query{suffix} added"
        elif key not in new_targets:
            yield f"query{suffix} removed"
        else:
            names = _list_changed_fields(old_targets[key], new_targets[key])
            yield from (f"{TARGET_LABELS.get(name, name)}{suffix} changed" for name in names)
    if [target_key for target_key in old_targets if target_key in new_targets] != [
        target_key for target_key in new_targets if target_key in old_targets
    ]:
        yield "order of queries changed"


def _list_changed_fields(old: Document, new: Document) -> list[str]:
    """The fields of a query that differ, those first that people know."""
    names = [name for name in sorted({*old, *new}) if not is_same(old.get(name), new.get(name))]
    labelled_names = [name for name in TARGET_LABELS if name in names]
    return labelled_names + [name for name in names if name not in labelled_names]


def describe_change(path: str, old: Any, new: Any) -> str:
    """The change of one field; its values where they are short."""
    name = FIELD_LABELS.get(path, path.rpartition(".")[2])
    is_short = isinstance(old, SCALAR_TYPES) and isinstance(new, SCALAR_TYPES)
    change = f"{_format_value(old)} -> {_format_value(new)}"
    if is_short and len(change) <= MAX_LENGTH and "\n" not in change:
        return f"{name} {change}"
    return f"{name} changed"


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else repr(value) if isinstance(value, str) else str(value)
