"""What changes from one document to another, in the words of who looks at a dashboard."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tailboard.publish.grafana.beyond import as_bytes
from tailboard.publish.grafana.marker import unmarked
from tailboard.publish.grafana.noise import listed, normal

Document = Mapping[str, Any]

LONGEST = 60
NAMES = {
    "current": "default value",
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
    "type": "kind",
}
"""What people call a part of a document."""

FIRST = ("title", "type", "targets")
"""What is told first of a panel, before the rest by name."""

OF_TARGET = {"expr": "query", "legendFormat": "legend", "interval": "step"}
SHORT = (str, int, float, bool, type(None))
ELSE = "something else changed"

Key = tuple[str, int]
"""What an item is known by, and how many such items come before it."""


def differences(before: Document, after: Document) -> list[str]:
    """Each change in a phrase, none where both mean the same."""
    old, new = normal(unmarked(dict(before))), normal(unmarked(dict(after)))
    if _same(old, new):
        return []
    found = [*_fields(old, new, skipped={"annotations", "panels", "templating"})]
    found += _panels(old, new)
    found += _named("variable", listed(old, "templating"), listed(new, "templating"))
    found += _named("annotation", listed(old, "annotations"), listed(new, "annotations"))
    return found or [ELSE]


def _same(one: Any, other: Any) -> bool:
    return as_bytes(one) == as_bytes(other)


def _panels(old: Document, new: Document) -> Iterator[str]:
    """What became of each panel; where they stand is told once for all of them."""
    before, after = dict(_flat(old["panels"])), dict(_flat(new["panels"]))
    for key, (panel, _) in after.items():
        if key not in before:
            yield f"{_name(panel)} added"
        elif changes := list(_fields(before[key][0], panel, skipped={"gridPos", "panels"})):
            yield f"{_name(panel)}: {', '.join(changes)}"
    yield from (f"{_name(it)} removed" for key, (it, _) in before.items() if key not in after)
    if not _same(_layout(before, after), _layout(after, before)):
        yield "layout changed"


def _flat(panels: Any) -> Iterator[tuple[Key, tuple[Document, Key | None]]]:
    """Panels with the row that they are in, those of closed rows as well.

    Each is known by its id, or by its title where it has none.
    """
    seen: Counter[str] = Counter()

    def below(panels: Any, row: Key | None) -> Iterator[tuple[Key, tuple[Document, Key | None]]]:
        for panel in _objects(panels):
            by = "id" if "id" in panel else "title"
            key = _numbered(f"{by} {panel.get(by)!r}", seen)
            yield key, (panel, row)
            yield from below(panel.get("panels"), key)

    return below(panels, None)


def _numbered(known: str, seen: Counter[str]) -> Key:
    seen[known] += 1
    return known, seen[known]


def _objects(items: Any) -> list[dict[str, Any]]:
    return [it for it in items if isinstance(it, dict)] if isinstance(items, list) else []


def _layout(panels: Mapping[Key, Any], others: Mapping[Key, Any]) -> list[Any]:
    """Order, place and row of the panels that both have."""
    return [
        (key, panel.get("gridPos"), row) for key, (panel, row) in panels.items() if key in others
    ]


def _name(panel: Mapping[str, Any]) -> str:
    kind = "row" if panel.get("type") == "row" else "panel"
    return f"{kind} {str(panel.get('title') or panel.get('id', ''))!r}"


def _named(what: str, old: Any, new: Any) -> Iterator[str]:
    before, after = _by_name(old, "name"), _by_name(new, "name")
    for key, it in after.items():
        if key not in before:
            yield f"{what} {key[0]!r} added"
        elif changes := list(_fields(before[key], it, skipped=set())):
            yield f"{what} {key[0]!r}: {', '.join(changes)}"
    yield from (f"{what} {key[0]!r} removed" for key in before if key not in after)
    if [it for it in before if it in after] != [it for it in after if it in before]:
        yield f"order of {what}s changed"


def _by_name(items: Any, name: str) -> dict[Key, Any]:
    seen: Counter[str] = Counter()
    return {_numbered(str(it.get(name, "")), seen): it for it in _objects(items)}


def _fields(old: Document, new: Document, skipped: set[str]) -> Iterator[str]:
    """The fields that differ; some have words of their own."""
    names = sorted({*old, *new} - skipped)
    for name in sorted(names, key=lambda it: FIRST.index(it) if it in FIRST else len(FIRST)):
        before, after = old.get(name), new.get(name)
        if not _same(before, after):
            yield from list(_within(name, before, after)) or [_changed(name, before, after)]


def _within(name: str, old: Any, new: Any) -> Iterable[str]:
    """What differs within a field, as far as it has parts that people know."""
    if name == "targets":
        return _targets(old, new)
    if name == "current":
        return _choice(old, new)
    if name in {"fieldConfig", "options"}:
        return _nested(name, {} if old is None else old, {} if new is None else new)
    return ()


def _choice(old: Any, new: Any) -> Iterator[str]:
    """What a variable has chosen when the dashboard is opened."""
    before, after = _chosen(old), _chosen(new)
    if before != after:
        yield _changed("current", before, after)


def _chosen(current: Any) -> Any:
    text = current.get("text") if isinstance(current, dict) else current
    return ", ".join(map(str, text)) if isinstance(text, list) else text


def _nested(path: str, old: Any, new: Any) -> Iterator[str]:
    """What differs within, as deep as a part has a name that people know."""
    if path == "fieldConfig.defaults.thresholds":
        yield from _thresholds(old, new)
    elif path in NAMES or not (isinstance(old, dict) and isinstance(new, dict)):
        yield _changed(path, old, new)
    else:
        for name in sorted({*old, *new}):
            if not _same(old.get(name), new.get(name)):
                yield from _nested(f"{path}.{name}", old.get(name), new.get(name))


def _thresholds(old: Any, new: Any) -> Iterator[str]:
    before, after = _values(old), _values(new)
    changed = [(a, b) for a, b in zip(before, after, strict=False) if not _same(a, b)]
    if len(before) != len(after):
        yield f"thresholds {_row(before)} -> {_row(after)}"
    elif changed:
        yield from (f"threshold {_shown(a)} -> {_shown(b)}" for a, b in changed)
    else:
        yield "thresholds changed"


def _values(thresholds: Any) -> list[Any]:
    """The values of thresholds, without the base that has none."""
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    return [it["value"] for it in _objects(steps) if it.get("value") is not None]


def _row(values: list[Any]) -> str:
    return ", ".join(map(_shown, values)) or "none"


def _targets(old: Any, new: Any) -> Iterator[str]:
    """What became of the queries of a panel."""
    before, after = _by_name(old, "refId"), _by_name(new, "refId")
    several = len(before) > 1 or len(after) > 1
    for key in [*before, *(it for it in after if it not in before)]:
        which = f" {key[0]}" if several and key[0] else ""
        if key not in before:
            yield f"query{which} added"
        elif key not in after:
            yield f"query{which} removed"
        else:
            names = _changed_names(before[key], after[key])
            yield from (f"{OF_TARGET.get(it, it)}{which} changed" for it in names)
    if [it for it in before if it in after] != [it for it in after if it in before]:
        yield "order of queries changed"


def _changed_names(old: Document, new: Document) -> list[str]:
    """The fields of a query that differ, those first that people know."""
    names = [it for it in sorted({*old, *new}) if not _same(old.get(it), new.get(it))]
    known = [it for it in OF_TARGET if it in names]
    return known + [it for it in names if it not in known]


def _changed(path: str, old: Any, new: Any) -> str:
    name = NAMES.get(path, path.rpartition(".")[2])
    short = isinstance(old, SHORT) and isinstance(new, SHORT)
    shown = f"{_shown(old)} -> {_shown(new)}"
    if short and len(shown) <= LONGEST and "\n" not in shown:
        return f"{name} {shown}"
    return f"{name} changed"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else repr(value) if isinstance(value, str) else str(value)
