"""What a definition imports, and how the constants of concepts are called."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tailboard.init.python_text import WIDTH, wrapped
from tailboard.panels import concept as concepts
from tailboard.panels import conventions
from tailboard.panels.concept import Concept

STRINGS = re.compile(r"#.*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
"""What may hold names that are not used: comments and strings."""


def imports(body: str) -> str:
    """An import of each name that the body uses, in the order of formatters."""
    used = {*re.findall(r"[A-Za-z_]\w*(?!\w*=)", re.sub(STRINGS, "", body))}
    groups = []
    for lines in (_standard(used), _project(used)):
        if lines:
            groups.append("\n".join(lines))
    return "\n\n".join(groups)


def _standard(used: set[str]) -> list[str]:
    return ["from dataclasses import replace"] if "replace" in used else []


def _project(used: set[str]) -> list[str]:
    modules: dict[str, list[str]] = {
        "tailboard": ["Objectives", "Service"],
        "tailboard.dashboards.library": ["own"],
        "tailboard.panels": ["Convention", "one_of"],
        "tailboard.panels.concept": sorted(constants().values(), key=str.lower),
        "tailboard.panels.conventions": [
            *sorted((it for it in conventions.__all__ if it.isupper()), key=str.lower),
            "buckets",
        ],
        "tailboard.panels.conventions.process": ["PROCESS"],
    }
    found = {module: [it for it in names if it in used] for module, names in modules.items()}
    return [_import(module, names) for module, names in found.items() if names]


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return wrapped(f"from {module} import (", names, ")", WIDTH)


@cache
def constants() -> Mapping[int, str]:
    """The constants of the concepts."""
    return {id(it): name for name, it in vars(concepts).items() if isinstance(it, Concept)}


def name_of(concept: Concept[Any]) -> str:
    """What a definition calls a concept: `REQUESTS`."""
    return constants()[id(concept)]
