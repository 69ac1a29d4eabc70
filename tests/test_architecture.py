"""The rules of the tree: where imports point, which packages are pure, what every module says."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests import ROOT
from tests.for_each import for_each

PACKAGES = ("panels", "dashboards", "alerts", "publish", "tailboard")
"""Each may import itself and those before it."""

ROOMS = (
    "definitions",
    "findings",
    "metrics",
    "queries",
    "lint",
    "check",
    "prometheus",
    "preview",
    "init",
    "convert",
    "search",
    "rename",
    "cli",
)
"""The packages of tailboard/: each may import itself and those before it, but check not lint."""

BEFORE = {"settings": "definitions", "catalogue": "convert", "pytest_plugin": "", "__main__": ""}
"""The modules beside them: the first of the rooms that may import each, if one may."""

PURE = PACKAGES[:3]
IMPURE_MODULES = {
    "asyncio",
    "builtins",
    "click",
    "datetime",
    "fileinput",
    "getpass",
    "glob",
    "http",
    "importlib",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "random",
    "requests",
    "rich",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "urllib3",
    "uuid",
    "warnings",
    "zoneinfo",
}
"""Modules that touch files, network, terminal, environment, clock or chance."""

ALLOWED_MODULES = (
    "importlib.import_module",
    "urllib.parse.",
    "warnings.catch_warnings",
    "warnings.simplefilter",
)
"""What is among them and only imports, rewrites text, or keeps the interpreter from printing."""

IMPURE_CALLS = {
    "breakpoint",
    "eval",
    "exec",
    "exit",
    "input",
    "open",
    "print",
    "quit",
    "__import__",
}


VAGUE_NAMES = frozenset(
    "asked begun beyond declared found given it judged kept made noise said told there twins wanted"
    " world".split()
)
"""Names that do not say what they hold: participles, particles, pronouns and metaphors."""


POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+")


def list_modules(*packages: str) -> list[Path]:
    """The modules of these folders; the links in tailboard/ lead to the folders beside it."""
    return sorted(
        path
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if not (package == "tailboard" and path.relative_to(ROOT).parts[1] in PACKAGES)
    )


def format_path(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_module = for_each(list_modules(*PACKAGES), format_path)
every_pure_module = for_each(list_modules(*PURE), format_path)


@cache
def parse_module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def list_nodes(path: Path) -> Sequence[ast.AST]:
    """Every node of a module; most tests look at all of them."""
    return [*ast.walk(parse_module(path))]


def list_imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it."""
    for node in list_nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{format_path(path)}:{node.lineno}: write the import in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def list_bound_names(path: Path) -> Iterator[tuple[str, int]]:
    """The names that a module gives to functions, classes, parameters and variables, by line."""
    for node in list_nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def package(name: str) -> str:
    """The package of ours that an imported name is of: nothing, if it is somebody else's."""
    first, _, rest = name.partition(".")
    if first != "tailboard":
        return ""
    inner = rest.partition(".")[0]
    return inner if inner in PACKAGES else first


def room(path: Path) -> str:
    """The folder inside tailboard/ that a module lies in, or its own name."""
    inside = path.relative_to(ROOT / "tailboard")
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def find_top_package(name: str) -> str:
    return name.partition(".")[0]


def test_every_package_is_looked_at() -> None:
    for folder in PACKAGES:
        assert len(list_modules(folder)) > 20


@every_module
def test_imports_point_one_way(path: Path) -> None:
    position = PACKAGES.index(path.relative_to(ROOT).parts[0])
    later = {name for name in list_imports(path) if package(name) in PACKAGES[position + 1 :]}
    assert not later - {"tailboard.__version__"}


@for_each(list_modules("dashboards/passes"), format_path)
def test_no_pass_of_the_documents_imports_another_one(path: Path) -> None:
    own_pass = path.relative_to(ROOT / "dashboards" / "passes").parts[0].removesuffix(".py")
    prefix = "tailboard.dashboards.passes."
    imported_passes = {
        name.removeprefix(prefix).partition(".")[0]
        for name in list_imports(path)
        if name.startswith(prefix)
    }
    assert imported_passes <= {own_pass}


@for_each(list_modules("publish/grafana/documents"), format_path)
def test_documents_of_a_grafana_are_read_without_the_server(path: Path) -> None:
    prefix = "tailboard.publish.grafana."
    names = {name for name in list_imports(path) if name.startswith(prefix)}
    assert all(name.startswith(f"{prefix}documents.") for name in names)


@for_each(list_modules("tailboard"), format_path)
def test_imports_inside_the_program_point_one_way(path: Path) -> None:
    order = {name: float(number) for number, name in enumerate(ROOMS)}
    order |= {"check": order["lint"]}
    order |= {name: order.get(first, len(ROOMS)) - 0.5 for name, first in BEFORE.items()}
    own_room = room(path)
    rooms = {
        name: name.split(".")[1]
        for name in list_imports(path)
        if package(name) == "tailboard" and name != "tailboard.__version__"
    }
    later = {
        name
        for name, imported_room in rooms.items()
        if imported_room != own_room and order[imported_room] >= order[own_room]
    }
    assert not later


@for_each(list_modules("tailboard"), format_path)
def test_every_room_of_the_program_has_its_place_in_the_order(path: Path) -> None:
    assert room(path) in {*ROOMS, *BEFORE, "__init__"}


@every_module
def test_all_that_is_ours_has_one_import_name(path: Path) -> None:
    assert not {name for name in list_imports(path) if find_top_package(name) in PACKAGES[:-1]}


def test_the_folders_at_the_top_are_packages_of_tailboard() -> None:
    for folder in PACKAGES[:-1]:
        link = ROOT / "tailboard" / folder
        assert link.is_symlink()
        assert link.readlink() == Path("..", folder)


@every_module
def test_what_is_published_needs_neither_tests_nor_demo(path: Path) -> None:
    not_there = {"tests", "demo", "benchmarks", "pytest"}
    if format_path(path) == "tailboard/pytest_plugin.py":
        not_there -= {"pytest"}
    assert not {find_top_package(name) for name in list_imports(path)} & not_there


@every_pure_module
def test_all_but_publish_leave_the_world_alone(path: Path) -> None:
    touching = {name for name in list_imports(path) if find_top_package(name) in IMPURE_MODULES}
    assert not {name for name in touching if not name.startswith(ALLOWED_MODULES)}


@every_pure_module
def test_all_but_publish_neither_print_nor_open(path: Path) -> None:
    called = {
        f"{node.id} in line {node.lineno}"
        for node in list_nodes(path)
        if isinstance(node, ast.Name) and node.id in IMPURE_CALLS
    }
    assert not called


@every_module
def test_every_module_says_what_it_is_for(path: Path) -> None:
    sentence = (ast.get_docstring(parse_module(path)) or "").partition("\n")[0]
    assert sentence
    assert sentence[-1] in ".:"


@every_module
def test_user_input_is_not_checked_with_assert(path: Path) -> None:
    assert not [node.lineno for node in list_nodes(path) if isinstance(node, ast.Assert)]


@every_module
def test_only_the_command_line_ends_the_program(path: Path) -> None:
    if format_path(path) == "tailboard/cli/main.py":
        return
    exits = [
        node.lineno
        for node in list_nodes(path)
        if (isinstance(node, ast.Attribute) and node.attr in {"exit", "_exit"})
        or (isinstance(node, ast.Raise) and "SystemExit" in ast.dump(node))
    ]
    assert not exits


@every_module
def test_only_the_command_line_knows_the_terminal(path: Path) -> None:
    if format_path(path).startswith("tailboard/cli/"):
        return
    assert not {name for name in list_imports(path) if find_top_package(name) in {"click", "rich"}}


@every_module
def test_all_that_is_printed_passes_the_module_that_escapes_it(path: Path) -> None:
    if format_path(path) == "tailboard/cli/reports/terminal.py":
        return
    printing = {"click.echo", "click.secho", "click.style", "sys.stdout.write", "sys.stderr.write"}
    assert not {
        f"{ast.unparse(node.func)} in line {node.lineno}"
        for node in list_nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {*printing, "print"}
    }


@every_module
def test_nothing_happens_at_import(path: Path) -> None:
    """A module defines; the only bare expressions at its top level are sentences about a name."""
    if path.name == "__main__.py":
        return
    statements = (
        ast.Import,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AugAssign,
        ast.AnnAssign,
    )
    loose = [
        node.lineno
        for node in parse_module(path).body
        if not isinstance(node, statements)
        and not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert not loose


@for_each(list_modules(*PACKAGES, "definitions", "demo", "benchmarks"), format_path)
def test_names_say_what_they_hold(path: Path) -> None:
    """Files and folders too: a loop variable is a `panel` or a `series`, never `it`."""
    names = {f"{name} in line {line}" for name, line in list_bound_names(path) if is_vague(name)}
    names |= {part for part in path.relative_to(ROOT).with_suffix("").parts if is_vague(part)}
    assert not names


def is_vague(name: str) -> bool:
    return name.strip("_") in VAGUE_NAMES


@every_module
def test_promql_is_parsed_in_one_place(path: Path) -> None:
    if format_path(path) != "tailboard/queries/parser/promql.py":
        names = {find_top_package(name) for name in list_imports(path)}
        assert "promql_parser" not in names


@every_module
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """Python before 3.11.5 matches them wrongly where the group itself can backtrack."""
    texts = [
        node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        for node in list_nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    ]
    assert [text for text in texts if POSSESSIVE_GROUP.search(text)] == []
