"""Definitions: Python files and JSON documents that declare dashboards and rules.

A Python file may name `dashboard`, `dashboards` (any iterable, a generator too), `rules` or
`services` at its top level, and in `lint_exclusions` what `tailboard lint` should not tell. It is
run in its own folder, so that it can import its neighbours, and what it prints goes to stderr,
also what its child processes say.
"""

import contextlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tailboard.alerts import RuleSet, rules_of
from tailboard.dashboards.library import of_service
from tailboard.definitions.mistakes import in_words
from tailboard.definitions.user_stdout import stdout_is_stderr
from tailboard.panels.definition_error import DefinitionError, inside
from tailboard.panels.service import Service
from tailboard.publish.output import MANIFEST, known_files

NAMES = ("dashboard", "dashboards", "rules", "services")
EXCLUSIONS = "lint_exclusions"
INSTALLED = {"node_modules", "site-packages"}
TIP = (
    f"name one of {', '.join(f'`{name}`' for name in NAMES)} at the top level of the file, "
    "or begin the file's name with _ if only its neighbours import it."
)


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """The definitions at these paths, each once.

    A folder means the files in it, but for those with `_` and for what an earlier build wrote. A
    path without any definition is kept, so that its mistake is told beside the others.
    """
    found = (it for path in paths for it in (_in_folder(path) if path.is_dir() else [path]))
    yield from {path.resolve(): path for path in found}.values()


def _in_folder(root: Path) -> list[Path]:
    """The definitions in a folder, without those of installed packages."""
    manifests = root.rglob(MANIFEST)
    generated = {it.parent / name for it in manifests for name in known_files(it.parent)}
    found = (it for it in root.rglob("*") if it not in generated and _is_definition(it, root))
    return sorted(found) or [root]


def _is_definition(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    hidden = any(part.startswith(("_", ".")) or part in INSTALLED for part in parts)
    return path.suffix in {".py", ".json"} and path.is_file() and not hidden


def declared(
    path: Path, fleet: list[Service], exclusions: list[Any] | None = None
) -> Iterator[Any]:
    """The dashboards and rule sets of one definition, one at a time.

    Its services are added to the fleet, and its `lint_exclusions` to the exclusions.
    """
    with inside(str(path)):
        if path.is_dir():
            raise DefinitionError(
                "the folder holds no definition", tip="definitions are files in .py and .json."
            )
        if not path.exists():
            raise DefinitionError(
                "there is no such file", tip="look at the path; a folder works too."
            )
        if path.suffix == ".json":
            yield _json(path)
        elif path.suffix == ".py":
            yield from _python(path, fleet, [] if exclusions is None else exclusions)
        else:
            raise DefinitionError(
                f"a {path.suffix or 'file without suffix'} is not a definition",
                tip="definitions are Python files (.py) and dashboards' JSON (.json).",
            )


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DefinitionError(
            f"it cannot be read as JSON: {error}", tip="export the dashboard from Grafana again."
        ) from error


def _python(path: Path, fleet: list[Service], exclusions: list[Any]) -> Iterator[Any]:
    with _own_folder(path), contextlib.redirect_stdout(sys.stderr):
        module = _run(path)
        with _running(path):
            exclusions += _items(vars(module), EXCLUSIONS)
        found = _named(module, fleet)
        empty = True
        while True:
            with _running(path):
                try:
                    one = next(found)
                except StopIteration:
                    break
            empty = False
            yield one
        if empty:
            raise DefinitionError("it defines nothing", tip=TIP)


def _named(module: ModuleType, fleet: list[Service]) -> Iterator[Any]:
    # `import dashboards` is how a definition may get at our package, and declares nothing.
    named = {
        name: value
        for name in NAMES
        if not isinstance(value := getattr(module, name, module), ModuleType)
    }
    if "dashboard" in named:
        yield named["dashboard"]
    yield from _items(named, "dashboards")
    rules = _rule_sets(named)
    yield from rules.values()
    services = list(_items(named, "services"))
    for service in services:
        if not isinstance(service, Service):
            raise DefinitionError(
                f"`services` holds a {type(service).__name__}, which is not a service",
                tip='declare each as Service("name", selector={...}, convention=...).',
            )
    _check_names(services)
    fleet += services
    for service in services:
        library = list(of_service(service))
        yield from library
        if service.slug not in rules and not service.chosen_by_variable:
            yield rules_of(service, dashboards=library)


def _rule_sets(named: Mapping[str, Any]) -> dict[str, RuleSet]:
    """The rules that a definition names itself, by their service's slug."""
    value = named.get("rules", ())
    found: dict[str, RuleSet] = {}
    for rules in [value] if isinstance(value, RuleSet) else _items(named, "rules"):
        if not isinstance(rules, RuleSet):
            raise DefinitionError(
                f"`rules` holds a {type(rules).__name__}, which is not the rules of a service",
                tip="write rules = rules_of(SERVICE), or a list of these.",
            )
        if rules.slug in found:
            raise DefinitionError(
                f"`rules` names those of {rules.service.name!r} twice",
                tip="change them in one place: rules_of(SERVICE).silence(...).add(...).",
            )
        found[rules.slug] = rules
    return found


def _items(named: Mapping[str, Any], name: str) -> Iterator[Any]:
    value = named.get(name, ())
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | dict):
        raise DefinitionError(
            f"`{name}` is a {type(value).__name__}, not a list", tip=f"write {name} = [...]."
        )
    yield from value


def _check_names(services: list[Service]) -> None:
    slugs: dict[str, str] = {}
    for service in services:
        if service.slug in slugs:
            raise DefinitionError(
                f"two services would share their dashboards' uids: {slugs[service.slug]!r} "
                f"and {service.name!r}",
                tip="give each service a name of its own.",
            )
        slugs[service.slug] = service.name


def _run(path: Path) -> ModuleType:
    """The module, under a name that nobody can import."""
    spec = importlib.util.spec_from_file_location(f"definition of {path.name}", path.resolve())
    if spec is None or spec.loader is None:
        raise DefinitionError("it is not a Python file", tip="give it the suffix .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    with _running(path):
        spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _running(path: Path) -> Iterator[None]:
    """Run what the user wrote; unlike Python's own stdout, the descriptor is back at each yield."""
    with in_words(path), contextlib.chdir("."), stdout_is_stderr():
        yield


@contextlib.contextmanager
def _own_folder(path: Path) -> Iterator[None]:
    """Let a definition import its neighbours, and let no other definition get the same ones."""
    folder = path.resolve().parent
    modules, search = set(sys.modules), list(sys.path)
    written_before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = search
        sys.dont_write_bytecode = written_before
        for name in set(sys.modules) - modules:
            if _is_neighbour(name, folder) and name.partition(".")[0] not in modules:
                del sys.modules[name]


def _is_neighbour(name: str, folder: Path) -> bool:
    """Whether a module lies in the folder, but not in an environment that was set up there."""
    path = Path(getattr(sys.modules[name], "__file__", None) or "")
    return path.is_relative_to(folder) and "site-packages" not in path.parts
