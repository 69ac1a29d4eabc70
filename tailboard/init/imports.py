"""What a definition imports, and how the constants of concepts are called."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tailboard.init.python_text import WIDTH, wrap_items
from tailboard.panels import concept as concepts
from tailboard.panels import conventions
from tailboard.panels.concept import Concept

STRINGS_AND_COMMENTS = re.compile(r"#.*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
"""What may hold names that are not used: comments and strings."""


def render_imports(body: str) -> str:
    """An import of each name that the body uses, in the order of formatters."""
    used_names = {*re.findall(r"[A-Za-z_]\w*(?!\w*=)", re.sub(STRINGS_AND_COMMENTS, "", body))}
    groups = []
    for lines in (_list_standard_imports(used_names), _list_project_imports(used_names)):
        if lines:
            groups.append("\n".join(lines))
    return "\n\n".join(groups)


def _list_standard_imports(used_names: set[str]) -> list[str]:
    return ["from dataclasses import replace"] if "replace" in used_names else []


def _list_project_imports(used_names: set[str]) -> list[str]:
    modules: dict[str, list[str]] = {
        "tailboard": ["Objectives", "Service"],
        "tailboard.dashboards.library": ["business", "own"],
        "tailboard.panels": ["Convention", "avoids", "matches", "one_of"],
        "tailboard.panels.concept": sorted(list_concept_constants().values(), key=str.lower),
        "tailboard.panels.conventions": [
            *sorted(
                (constant for constant in conventions.__all__ if constant.isupper()), key=str.lower
            ),
            "buckets",
        ],
        "tailboard.panels.conventions.process": ["PROCESS"],
        "tailboard.panels.metric": ["Counter", "Histogram", "Role", "Summary", "Unit"],
    }
    imports_by_module = {
        module: [name for name in names if name in used_names] for module, names in modules.items()
    }
    return [_render_import(module, names) for module, names in imports_by_module.items() if names]


def _render_import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return wrap_items(f"from {module} import (", names, ")", WIDTH)


@cache
def list_concept_constants() -> Mapping[int, str]:
    """The constants of the concepts."""
    return {
        id(concept): name
        for name, concept in vars(concepts).items()
        if isinstance(concept, Concept)
    }


def find_concept_constant(concept: Concept[Any]) -> str:
    """What a definition calls a concept: `REQUESTS`."""
    return list_concept_constants()[id(concept)]
