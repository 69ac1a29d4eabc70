"""Definitions: Python files and JSON documents that declare dashboards and rules.

A Python file may name `dashboard`, `dashboards` (any iterable, a generator too), `rules` or
`services` at its top level, and in `lint_exclusions` what `tailboard lint` should not tell. It is
run in its own folder, so that it can import its neighbours, and what it prints goes to stderr,
also what its child processes say.
"""

import contextlib
import errno
import importlib.util
import json
import os
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tailboard.alerts import RuleSet, rules_of
from tailboard.dashboards.document import DEPTH_PROBLEM, DEPTH_TIP
from tailboard.dashboards.library import build_service_dashboards
from tailboard.definitions.exceptions import convert_exceptions
from tailboard.definitions.stdout import redirect_stdout_to_stderr
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.service import Service
from tailboard.publish.output import MANIFEST_NAME, read_manifest

DECLARATION_NAMES = ("dashboard", "dashboards", "rules", "services")
EXCLUSIONS_NAME = "lint_exclusions"
DEFINITION_SUFFIXES = (".py", ".json")
INSTALLED_FOLDERS = {"node_modules", "site-packages"}
TIP = (
    f"name one of {', '.join(f'`{name}`' for name in DECLARATION_NAMES)} at the top level of the "
    "file, or begin the file's name with _ if only its neighbours import it."
)


def find_definitions(
    paths: Iterable[Path], suffixes: Collection[str] = DEFINITION_SUFFIXES
) -> Iterator[Path]:
    """The definitions at these paths, each once; with other suffixes, such files.

    A folder means the files in it, but for those with `_` and for what an earlier build wrote. A
    path without any definition is kept, so that its mistake is reported beside the others.

    Raises `DefinitionError` for a pipe or a device, which may never end.
    """
    definition_paths = (
        definition_path
        for path in paths
        for definition_path in (_find_in_folder(path, suffixes) if path.is_dir() else [path])
    )
    unique_paths = {os.path.realpath(path): path for path in definition_paths}
    for path in unique_paths.values():
        if path.exists() and not path.is_file() and not path.is_dir():
            raise DefinitionError(
                "it is a pipe or a device, not a file",
                tip="write what it holds into a file, and name that.",
                location=(str(path),),
            )
    yield from unique_paths.values()


def _find_in_folder(root: Path, suffixes: Collection[str]) -> list[Path]:
    """The definitions in a folder, without those of installed packages."""
    manifests = root.rglob(MANIFEST_NAME)
    generated_paths = {
        manifest.parent / name for manifest in manifests for name in read_manifest(manifest.parent)
    }
    definition_paths = (
        path
        for path in root.rglob("*")
        if path.suffix in suffixes and path not in generated_paths and _is_visible_file(path, root)
    )
    return sorted(definition_paths) or [root]


def _is_visible_file(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    is_hidden = any(part.startswith(("_", ".")) or part in INSTALLED_FOLDERS for part in parts)
    return path.is_file() and not is_hidden


def load_definition(
    path: Path, fleet: list[Service], exclusions: list[Any] | None = None
) -> Iterator[Any]:
    """The dashboards and rule sets of one definition, one at a time.

    Its services are added to the fleet, and its `lint_exclusions` to the exclusions.
    """
    with locate_errors(str(path)):
        if path.is_dir():
            raise DefinitionError(
                "the folder holds no definition", tip="definitions are files in .py and .json."
            )
        if not path.exists():
            raise DefinitionError(
                _describe_missing_file(path), tip="look at the path; a folder works too."
            )
        if path.suffix == ".json":
            yield _load_json(path)
        elif path.suffix == ".py":
            yield from _load_python(path, fleet, [] if exclusions is None else exclusions)
        else:
            raise DefinitionError(
                f"a {path.suffix or 'file without suffix'} is not a definition",
                tip="definitions are Python files (.py) and dashboards' JSON (.json).",
            )


def _describe_missing_file(path: Path) -> str:
    """Why nothing can be read at a path: some links lead nowhere, or in a circle."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "it is a symbolic link that leads back to itself"
    return (
        "it is a symbolic link to a file that does not exist"
        if path.is_symlink()
        else "there is no such file"
    )


def _load_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes(), object_pairs_hook=_build_object)
    except DefinitionError:
        raise
    except RecursionError as error:
        raise DefinitionError(DEPTH_PROBLEM, tip=DEPTH_TIP) from error
    except (OSError, ValueError) as error:
        raise DefinitionError(
            f"it cannot be read as JSON: {error}", tip="export the dashboard from Grafana again."
        ) from error


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; of a key that stands twice in it, one value would be lost in silence."""
    content = dict(pairs)
    if len(content) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        name = counts.most_common(1)[0][0]
        raise DefinitionError(
            f"the key {name!r:.60} stands {counts[name]} times in one object",
            tip="leave it in once: programs read only one of its values.",
        )
    return content


def _load_python(path: Path, fleet: list[Service], exclusions: list[Any]) -> Iterator[Any]:
    with _isolate_imports(path), contextlib.redirect_stdout(sys.stderr):
        module = _run_module(path)
        with _guard_user_code(path):
            exclusions += _list_items(vars(module), EXCLUSIONS_NAME)
        declarations = _list_declarations(module, fleet)
        is_empty = True
        while True:
            with _guard_user_code(path):
                try:
                    declaration = next(declarations)
                except StopIteration:
                    break
            is_empty = False
            yield declaration
        if is_empty:
            raise DefinitionError("it defines nothing", tip=TIP)


def _list_declarations(module: ModuleType, fleet: list[Service]) -> Iterator[Any]:
    # `import dashboards` is how a definition may get at our package, and declares nothing.
    declarations = {
        name: value
        for name in DECLARATION_NAMES
        if not isinstance(value := getattr(module, name, module), ModuleType)
    }
    if "dashboard" in declarations:
        yield declarations["dashboard"]
    yield from _list_items(declarations, "dashboards")
    rules = _collect_rule_sets(declarations)
    yield from rules.values()
    services = list(_list_items(declarations, "services"))
    for service in services:
        if not isinstance(service, Service):
            raise DefinitionError(
                f"`services` holds a {type(service).__name__}, which is not a service",
                tip='declare each as Service("name", selector={...}, convention=...).',
            )
    _check_service_names(services)
    fleet += services
    for service in services:
        service_dashboards = list(build_service_dashboards(service))
        yield from service_dashboards
        if service.slug not in rules and not service.has_grafana_variable:
            yield rules_of(service, dashboards=service_dashboards)


def _collect_rule_sets(declarations: Mapping[str, Any]) -> dict[str, RuleSet]:
    """The rules that a definition names itself, by their service's slug."""
    value = declarations.get("rules", ())
    rule_sets: dict[str, RuleSet] = {}
    for rules in [value] if isinstance(value, RuleSet) else _list_items(declarations, "rules"):
        if not isinstance(rules, RuleSet):
            raise DefinitionError(
                f"`rules` holds a {type(rules).__name__}, which is not the rules of a service",
                tip="write rules = rules_of(SERVICE), or a list of these.",
            )
        if rules.slug in rule_sets:
            raise DefinitionError(
                f"`rules` names those of {rules.service.name!r} twice",
                tip="change them in one place: rules_of(SERVICE).silence(...).add(...).",
            )
        rule_sets[rules.slug] = rules
    return rule_sets


def _list_items(declarations: Mapping[str, Any], name: str) -> Iterator[Any]:
    value = declarations.get(name, ())
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | dict):
        raise DefinitionError(
            f"`{name}` is a {type(value).__name__}, not a list", tip=f"write {name} = [...]."
        )
    yield from value


def _check_service_names(services: list[Service]) -> None:
    slugs: dict[str, str] = {}
    for service in services:
        if service.slug in slugs:
            raise DefinitionError(
                f"two services would share their dashboards' uids: {slugs[service.slug]!r} "
                f"and {service.name!r}",
                tip="give each service a name of its own.",
            )
        slugs[service.slug] = service.name


def _run_module(path: Path) -> ModuleType:
    """The module, under a name that nobody can import."""
    spec = importlib.util.spec_from_file_location(f"definition of {path.name}", path.resolve())
    if spec is None or spec.loader is None:
        raise DefinitionError("it is not a Python file", tip="give it the suffix .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    with _guard_user_code(path):
        spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _guard_user_code(path: Path) -> Iterator[None]:
    """Run what the user wrote; unlike Python's own stdout, the descriptor is back at each yield."""
    with convert_exceptions(path), contextlib.chdir("."), redirect_stdout_to_stderr():
        yield


@contextlib.contextmanager
def _isolate_imports(path: Path) -> Iterator[None]:
    """Let a definition import its neighbours, and let no other definition get the same ones."""
    folder = path.resolve().parent
    previous_modules, previous_path = set(sys.modules), list(sys.path)
    previous_setting, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = previous_path
        sys.dont_write_bytecode = previous_setting
        for name in set(sys.modules) - previous_modules:
            if _is_neighbour(name, folder) and name.partition(".")[0] not in previous_modules:
                del sys.modules[name]


def _is_neighbour(name: str, folder: Path) -> bool:
    """Whether a module lies in the folder, but not in an environment that was set up there."""
    path = Path(getattr(sys.modules[name], "__file__", None) or "")
    return path.is_relative_to(folder) and "site-packages" not in path.parts
