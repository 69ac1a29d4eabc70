"""The text of a definition: docstring, imports, constants, functions and the dashboard."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tailboard.convert.code import (
    BLOCK_OPENING,
    TEMPLATE_BLOCK_OPENING,
    Call,
    Code,
    Name,
    render_lines,
    render_statement,
    walk_code,
)
from tailboard.convert.grafanalib_classes import PANEL_CLASSES
from tailboard.init.python_text import WIDTH, sanitize_text, wrap_items
from tailboard.panels import READY_MADE, kinds
from tailboard.panels.conventions import CONVENTIONS

NAMES_BY_MODULE: dict[str, tuple[str, ...]] = {
    "grafanalib.core": (
        *(panel_class.name for panel_class in PANEL_CLASSES.values()),
        *("Repeat", "TableSortByField"),
    ),
    "tailboard": ("Dashboard", "Objectives", "Row", "Service"),
    "tailboard.dashboards": ("annotations", "library", "links", "variables"),
    "tailboard.panels": (
        "Query",
        *(module.__name__.rpartition(".")[2] for module in READY_MADE),
        *("avoids", "differs", "equals", "every_service", "matches", "one_of"),
    ),
    "tailboard.panels.conventions": tuple(convention.name.upper() for convention in CONVENTIONS),
    "tailboard.panels.kinds": tuple(name for name in kinds.__all__ if name != "KINDS"),
    "tailboard.panels.objective": ("list_objectives",),
    "tailboard.panels.query": ("build_target",),
    "tailboard.panels.style": (
        "Thresholds",
        "build_name_colors",
        "build_override",
        "build_threshold_steps",
    ),
}
"""The modules of grafanalib and of ours, and the names that a definition takes from each."""

STANDARD_NAMES_BY_MODULE: dict[str, tuple[str, ...]] = {
    "collections.abc": ("Mapping", "Sequence"),
    "dataclasses": ("replace",),
    "textwrap": ("dedent",),
    "typing": ("Any",),
}


DIRECTIVE = re.compile(r"[\w-]+\s*:|noqa\b|nosec\b", re.IGNORECASE)
"""How a comment begins that steers a formatter or a checker: `fmt: off`, `type: ignore`."""


@dataclass(frozen=True)
class Constant:
    """A name at the top level for an expression."""

    name: str
    code: Code


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function: its name, its type, and its default as text."""

    name: str
    kind: str = "str"
    default: str = ""

    def __str__(self) -> str:
        """How it stands in the head of a function."""
        return f"{self.name}: {self.kind}" + (f" = {self.default}" if self.default else "")


@dataclass(frozen=True)
class Function:
    """A function that builds a panel; `options` are the parameters that a call names."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Code
    return_type: str = "dict[str, Any]"
    options: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Comment:
    """The heading of the statements behind it."""

    text: str


Statement = Comment | Constant | Function


def list_reserved_names() -> set[str]:
    """The names that no constant of a definition may take."""
    return {
        *(name for names in NAMES_BY_MODULE.values() for name in names),
        *(name for names in STANDARD_NAMES_BY_MODULE.values() for name in names),
        *(
            "attr",
            "GridPos",
            "OBJECTIVES",
            "build_dashboard",
            "dashboard",
            "dashboards",
            "rules",
            "services",
            "lint_exclusions",
        ),
    }


def render_module(summary: str, notes: Sequence[str], statements: Sequence[Statement]) -> str:
    """The whole file."""
    used_names = {name for statement in statements for name in list_statement_names(statement)}
    blocks = [list(_render_statement(statement)) for statement in statements]
    if any(
        line.endswith((BLOCK_OPENING, TEMPLATE_BLOCK_OPENING)) for block in blocks for line in block
    ):
        used_names.add("dedent")
    lines = [*_render_docstring(summary, notes), "", *_render_imports(used_names)]
    has_headings = any(isinstance(statement, Comment) for statement in statements)
    previous: Statement | None = None
    is_short = False
    for statement, block in zip(statements, blocks, strict=True):
        was_short, is_short = is_short, isinstance(statement, Constant) and len(block) == 1
        count = _count_empty_lines(previous, statement, has_headings=has_headings)
        if was_short and is_short and not _is_dashboard(statement):
            count = 0  # constants of one line stand together
        lines += [*([""] * count), *block]
        previous = statement
    return "\n".join(lines) + "\n"


def _render_statement(statement: Statement) -> Iterator[str]:
    if isinstance(statement, Comment):
        yield from _render_heading(statement.text)
    elif isinstance(statement, Function):
        yield from _render_function(statement)
    else:
        yield from render_statement(f"{statement.name} = ", statement.code).split("\n")


def _render_heading(text: str) -> Iterator[str]:
    """A comment of one line, however long the text is; quoted where a tool would obey it."""
    heading = sanitize_text(text)
    if DIRECTIVE.match(heading):
        heading = f'"{heading}"'
    yield from textwrap.wrap(f"# {heading}", WIDTH, max_lines=1, placeholder=" ...")


def _count_empty_lines(
    previous: Statement | None, statement: Statement, *, has_headings: bool
) -> int:
    """How many empty lines part two statements: two around functions and above headings."""
    if isinstance(previous, Comment):
        return 0
    if isinstance(previous, Function) or isinstance(statement, Function):
        return 2
    if previous is None:
        return 1
    is_part = isinstance(statement, Comment) or _is_dashboard(statement)
    return 2 if is_part and has_headings else 1


def _is_dashboard(statement: Statement) -> bool:
    return isinstance(statement, Constant) and statement.name == "dashboard"


def _render_docstring(summary: str, notes: Sequence[str]) -> Iterator[str]:
    heading = f"{sanitize_text(summary)}"
    if not notes:
        yield f'"""{heading}"""'
        return
    yield f'"""{heading}'
    yield ""
    yield "Other than the JSON that it was converted from:"
    for note in notes:
        yield from _wrap_note(sanitize_text(note))
    yield '"""'


def _wrap_note(note: str) -> list[str]:
    return textwrap.wrap(
        note,
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _render_function(function: Function) -> list[str]:
    parameters = [str(parameter) for parameter in function.parameters]
    if function.options:
        parameters += ["*", *map(str, function.options)]
    heading = wrap_items(f"def {function.name}(", parameters, f") -> {function.return_type}:")
    return [
        *heading.split("\n"),
        *render_lines("return ", function.body, "", 1),
    ]


def _render_imports(used_names: set[str]) -> Iterator[str]:
    groups: list[list[str]] = [[], []]
    for module, names in STANDARD_NAMES_BY_MODULE.items():
        if module_names := [name for name in names if name in used_names]:
            groups[0].append(_render_import(module, module_names))
    if "attr" in used_names:
        groups[1].append("import attr")
    for module, names in NAMES_BY_MODULE.items():
        if module_names := [name for name in names if name in used_names]:
            groups[1].append(_render_import(module, module_names))
    yield "\n\n".join("\n".join(group) for group in groups if group)


def _render_import(module: str, names: Sequence[str]) -> str:
    sorted_names = sorted(names, key=build_import_key)
    line = f"from {module} import {', '.join(sorted_names)}"
    if len(line) <= WIDTH:
        return line
    return wrap_items(f"from {module} import (", sorted_names, ")", WIDTH)


def build_import_key(name: str) -> tuple[bool, bool, str, str]:
    """Constants, then classes, then functions and modules, as ruff sorts them."""
    return not name.isupper(), not name[0].isupper(), name.lower(), name


def list_statement_names(statement: Statement) -> Iterator[str]:
    """The names that a statement uses: the first part of dotted ones."""
    if isinstance(statement, Comment):
        return
    if isinstance(statement, Function):
        parameters = (*statement.parameters, *statement.options)
        for kind in (statement.return_type, *(parameter.kind for parameter in parameters)):
            yield from re.findall(r"\w+", kind)
        for parameter in parameters:
            if not parameter.default.startswith(('"', "'")):
                yield from re.findall(r"\w+", parameter.default)
        parameter_names = {parameter.name for parameter in parameters}
        yield from set(list_code_names(statement.body)) - parameter_names
    else:
        yield from list_code_names(statement.code)


def list_code_names(code: Code) -> Iterator[str]:
    """The first part of each name in an expression."""
    for part in walk_code(code):
        if isinstance(part, Name):
            yield part.text.partition("[")[0].partition(".")[0]
        if isinstance(part, Call):
            yield part.function.partition(".")[0]
