"""In what a built panel differs from the one that Grafana stores, value by value."""

from collections.abc import Iterator
from typing import Any

from tailboard.convert.canonical import Panel, build_canonical
from tailboard.dashboards.document import Document

DERIVED_OPTIONS = ("axisSoftMax",)
"""What the kinds of panels derive from thresholds."""


def strip_layout(panel: Panel) -> Panel:
    """The panel without its place, its id and the panels within it."""
    return {key: value for key, value in panel.items() if key not in ("gridPos", "id", "panels")}


def _count_differences(old: Any, new: Any) -> int:
    """How many values differ, at any depth."""
    if isinstance(old, dict) and isinstance(new, dict):
        return sum(_count_differences(old.get(key), new.get(key)) for key in {**old, **new})
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return sum(map(_count_differences, old, new))
    return int(old != new)


def count_panel_differences(built: Panel, target: Panel) -> int:
    """How many values of two panels differ, but for what a kind derives from its thresholds."""
    return _count_differences(_strip_derived(built), _strip_derived(target))


def _strip_derived(panel: Panel) -> Panel:
    config = panel.get("fieldConfig") or {}
    defaults = config.get("defaults") or {}
    custom = {
        key: value
        for key, value in (defaults.get("custom") or {}).items()
        if key not in DERIVED_OPTIONS
    }
    return {**panel, "fieldConfig": {**config, "defaults": {**defaults, "custom": custom}}}


def count_document_differences(old: Document, new: Document) -> int:
    """How many values of two documents of schema v1 differ, where Grafana draws them otherwise."""
    return _count_differences(build_canonical(old), build_canonical(new)) + int(
        old["title"] != new["title"]
    )


def list_changed_texts(built: Any, target: Any) -> Iterator[tuple[str, str]]:
    """The texts that differ at the same place of two panels."""
    if isinstance(built, dict) and isinstance(target, dict):
        for key in built:
            yield from list_changed_texts(built[key], target.get(key))
    elif isinstance(built, list) and isinstance(target, list):
        for old_item, new_item in zip(built, target, strict=False):
            yield from list_changed_texts(old_item, new_item)
    elif isinstance(built, str) and isinstance(target, str) and built != target:
        yield built, target


def list_changed_thresholds(built: Panel, target: Panel) -> Iterator[tuple[float, float]]:
    """The old and new values of thresholds whose number stayed."""
    old_values, new_values = (
        [
            step.get("value")
            for step in (panel.get("fieldConfig") or {})
            .get("defaults", {})
            .get("thresholds", {})
            .get("steps", [])
        ]
        for panel in (built, target)
    )
    if len(old_values) == len(new_values):
        for old_value, new_value in zip(old_values, new_values, strict=True):
            if (
                isinstance(old_value, int | float)
                and isinstance(new_value, int | float)
                and old_value != new_value
            ):
                yield old_value, new_value
