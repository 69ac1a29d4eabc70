"""All that has a name and an explanation: panels, dashboards, rules, conventions and more."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tailboard.alerts.rules import RULES, build_alert_name
from tailboard.check.rules import CHECKS
from tailboard.dashboards.library import LIBRARY
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import READY_MADE
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.kinds import KINDS
from tailboard.publish.formats import FORMATS


@dataclass(frozen=True)
class Entry:
    """One thing that `tailboard explain` knows: its name and the thing itself."""

    name: str
    value: Any


def describe_entry(entry: Entry) -> str:
    """One sentence about the thing."""
    if isinstance(entry.value, Convention):
        return entry.value.library
    text = getattr(entry.value, "summary", None) or inspect.getdoc(entry.value) or ""
    return str(text).partition("\n\n")[0].replace("\n", " ")


def list_builders(module: ModuleType) -> list[Callable[..., Any]]:
    """The ready-made panels of a module: its public functions that return a panel."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return [
        function
        for name, function in functions
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and _is_panel(inspect.signature(function).return_annotation)
    ]


def _is_panel(annotation: Any) -> bool:
    return inspect.isclass(annotation) and annotation.__module__ == "grafanalib.core"


def _list_panels() -> Iterator[Entry]:
    for module in READY_MADE:
        module_name = module.__name__.removeprefix("tailboard.panels.")
        for builder in list_builders(module):
            yield Entry(f"{module_name}.{builder.__name__}", builder)


ENTRY_LISTS: dict[str, Callable[[], Iterator[Entry]]] = {
    "panels": _list_panels,
    "kinds": lambda: (Entry(kind.__name__, kind) for kind in KINDS),
    "dashboards": lambda: (Entry(dashboard.__name__, dashboard) for dashboard in LIBRARY),
    "rules": lambda: (Entry(build_alert_name(rule), rule) for rule in RULES),
    "lint rules": lambda: (Entry(rule.name, rule) for rule in LINT_RULES),
    "checks": lambda: (Entry(check.name, check) for check in CHECKS),
    "conventions": lambda: (Entry(convention.name, convention) for convention in CONVENTIONS),
    "formats": lambda: (Entry(output_format.name, output_format) for output_format in FORMATS),
}


def list_entries() -> Iterator[tuple[str, Entry]]:
    """Every entry with its kind."""
    for kind, entries in ENTRY_LISTS.items():
        for entry in entries():
            yield kind, entry
