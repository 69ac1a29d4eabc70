"""Ready-made panels that somebody changed: the call, and what differs as `attr.evolve`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import attr

from tailboard.convert.canonical import Panel
from tailboard.convert.code import Call, Code, build_code
from tailboard.convert.recognition.ready_made import (
    LAYOUT_FIELDS,
    PanelCall,
    ReadyMade,
    build_canonical_panels,
    build_fingerprint,
)
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.grafana.documents.panel_defaults import find_panel_defaults

MAX_CANDIDATES = 6
UNIT_PATH = ("fieldConfig", "defaults", "unit")
STEPS_PATH = ("fieldConfig", "defaults", "thresholds", "steps")
TEXT_FIELDS = ("title", "description")
MISSING = object()


def build_query_key(panel: Panel) -> tuple[str, ...]:
    """What a changed panel still has in common with the ready-made one: kind and queries."""
    expressions = [str(query.get("expr", "")) for query in panel.get("targets") or []]
    return str(panel.get("type")), *expressions


def evolve_ready_made(panel: Panel, candidates: Sequence[ReadyMade]) -> ReadyMade | None:
    """The ready-made panel with the changes that make it this panel; None where there is no way."""
    for candidate in candidates[:MAX_CANDIDATES]:
        changes = _find_changes(candidate, panel)
        if changes is None:
            continue
        try:
            value = attr.evolve(candidate.value, **changes)
            (built,) = build_canonical_panels([value])
        except (DefinitionError, TypeError, ValueError):
            continue
        if build_fingerprint(built) == build_fingerprint(panel):
            keywords = tuple((name, build_code(change)) for name, change in changes.items())
            call = PanelCall(
                Call("attr.evolve", (candidate.code,), keywords),
                partial(attr.evolve, candidate.value, **changes),
            )
            return ReadyMade(call, value, built)
    return None


def resize_ready_made(code: Code, size: Code) -> Code:
    """The call with another size or place."""
    if isinstance(code, Call) and code.function == "attr.evolve":
        return Call("attr.evolve", code.arguments, (*code.keywords, ("gridPos", size)))
    return Call("attr.evolve", (code,), (("gridPos", size),))


def _find_changes(candidate: ReadyMade, panel: Panel) -> dict[str, Any] | None:
    """The attributes of grafanalib's panel that have to change; None where one cannot."""
    changes: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    built_panel = {key: part for key, part in candidate.panel.items() if key not in LAYOUT_FIELDS}
    panel_fields = {key: part for key, part in panel.items() if key not in LAYOUT_FIELDS}
    defaults = find_panel_defaults(str(panel.get("type")))
    for path, value in _list_differences(built_panel, panel_fields):
        if path[0] == "targets":
            return None
        if len(path) == 1 and path[0] in TEXT_FIELDS:
            changes[path[0]] = "" if value is MISSING else value
            continue
        if path == UNIT_PATH and (attribute := _find_unit_attribute(candidate.value)):
            changes[attribute] = "" if value is MISSING else value
            continue
        if path[: len(STEPS_PATH)] == STEPS_PATH and hasattr(candidate.value, "thresholds"):
            changes["thresholds"] = _read_steps(panel)
            continue
        known_value = _find_default(defaults, path) if value is MISSING else value
        if known_value is MISSING:
            return None
        _put(extra, path, known_value)
    if extra:
        own_extra = candidate.value.extraJson or {}
        changes["extraJson"] = _merge(own_extra, extra)
    return changes


def _find_unit_attribute(value: Any) -> str:
    """What grafanalib's class calls the unit."""
    return next((name for name in ("unit", "format") if hasattr(value, name)), "")


def _read_steps(panel: Panel) -> list[dict[str, Any]]:
    """The steps of the thresholds, whose first one has no value."""
    steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
    return [{"color": step.get("color"), "value": step.get("value")} for step in steps]


def _list_differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """The path of each value that differs, with the new one; `MISSING` where there is none."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _list_differences(old.get(key, MISSING), new.get(key, MISSING), (*path, key))
    elif old is MISSING and isinstance(new, dict):
        for key in new:
            yield from _list_differences(MISSING, new[key], (*path, key))
    elif new is MISSING and isinstance(old, dict):
        for key in old:
            yield from _list_differences(old[key], MISSING, (*path, key))
    elif old is MISSING or new is MISSING or old != new:
        yield path, new


def _find_default(defaults: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = defaults
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def _put(holder: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *parents, name = path
    for parent in parents:
        holder = holder.setdefault(parent, {})
    holder[name] = value


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        old_value = merged.get(key)
        merged[key] = (
            _merge(old_value, value)
            if isinstance(old_value, Mapping) and isinstance(value, Mapping)
            else value
        )
    return merged
