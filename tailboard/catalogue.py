"""All that has a name and an explanation: panels, dashboards, rules, conventions and more."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tailboard.alerts.rules import RULES, alert_name
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
    thing: Any


def summary(entry: Entry) -> str:
    """One sentence about the thing."""
    if isinstance(entry.thing, Convention):
        return entry.thing.library
    text = getattr(entry.thing, "summary", None) or inspect.getdoc(entry.thing) or ""
    return str(text).partition("\n\n")[0].replace("\n", " ")


def builders(module: ModuleType) -> list[Callable[..., Any]]:
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


def _panels() -> Iterator[Entry]:
    for module in READY_MADE:
        short = module.__name__.removeprefix("tailboard.panels.")
        for builder in builders(module):
            yield Entry(f"{short}.{builder.__name__}", builder)


CATALOGUE: dict[str, Callable[[], Iterator[Entry]]] = {
    "panels": _panels,
    "kinds": lambda: (Entry(it.__name__, it) for it in KINDS),
    "dashboards": lambda: (Entry(it.__name__, it) for it in LIBRARY),
    "rules": lambda: (Entry(alert_name(it), it) for it in RULES),
    "lint rules": lambda: (Entry(it.name, it) for it in LINT_RULES),
    "checks": lambda: (Entry(it.name, it) for it in CHECKS),
    "conventions": lambda: (Entry(it.name, it) for it in CONVENTIONS),
    "formats": lambda: (Entry(it.name, it) for it in FORMATS),
}


def everything() -> Iterator[tuple[str, Entry]]:
    """Every entry with its kind."""
    for kind, entries in CATALOGUE.items():
        for entry in entries():
            yield kind, entry
