"""A definition in Python: running it, and what its module declares."""

import contextlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from tailboard.definitions.exceptions import convert_exceptions
from tailboard.definitions.stdout import redirect_stdout_to_stderr
from tailboard.panels.definition_error import DefinitionError

if TYPE_CHECKING:
    from tailboard.alerts.rule_set import RuleSet
    from tailboard.panels.service import Service

DECLARATION_NAMES = ("dashboard", "dashboards", "rules", "services")
EXCLUSIONS_NAME = "lint_exclusions"
TIP = (
    f"name one of {', '.join(f'`{name}`' for name in DECLARATION_NAMES)} at the top level of the "
    "file, or begin the file's name with _ if only its neighbours import it."
)


def load_python(path: Path, fleet: "list[Service]", exclusions: list[Any]) -> Iterator[Any]:
    """The dashboards and rule sets of a definition, one at a time.

    Its services are added to the fleet, and its `lint_exclusions` to the exclusions.
    """
    with _isolate_imports(path), contextlib.redirect_stdout(sys.stderr):
        module = _run_module(path)
        with _guard_user_code(path):
            exclusions += _list_items(vars(module), EXCLUSIONS_NAME)
        declarations = list_declarations(module, fleet)
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


def list_declarations(module: ModuleType, fleet: "list[Service]") -> Iterator[Any]:
    """The dashboards and rule sets that a module declares; its services are added to the fleet."""
    # `import dashboards` is how a definition may get at our package, and declares nothing.
    declarations = {
        name: value
        for name in DECLARATION_NAMES
        if not isinstance(value := getattr(module, name, module), ModuleType)
    }
    if "dashboard" in declarations:
        yield declarations["dashboard"]
    yield from _list_items(declarations, "dashboards")
    rules = _collect_rule_sets(declarations) if "rules" in declarations else {}
    yield from rules.values()
    if services := list(_list_items(declarations, "services")):
        yield from _list_service_declarations(services, rules, fleet)


def _list_service_declarations(
    services: list[Any], rules: Mapping[str, "RuleSet"], fleet: "list[Service]"
) -> Iterator[Any]:
    """The dashboards of services, and the rules of those whose definition names none itself."""
    from tailboard.alerts.rule_set import rules_of
    from tailboard.dashboards.library import build_service_dashboards
    from tailboard.panels.service import Service

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


def _collect_rule_sets(declarations: Mapping[str, Any]) -> dict[str, "RuleSet"]:
    """The rules that a definition names itself, by their service's slug."""
    from tailboard.alerts.rule_set import RuleSet

    value = declarations["rules"]
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


def _check_service_names(services: "list[Service]") -> None:
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


def run_definition(path: Path, code: CodeType, names: Mapping[str, Any]) -> ModuleType:
    """Run the compiled text of a definition in its folder, with names that it may use.

    So a change of a definition is tried before its file is written.
    """
    module = ModuleType(f"definition of {path.name}")
    module.__file__ = str(path)
    vars(module).update(names)
    with _isolate_imports(path), contextlib.redirect_stdout(sys.stderr), _guard_user_code(path):
        sys.modules[module.__name__] = module  # where dataclasses look for it
        exec(code, vars(module))  # noqa: S102  # the user's own text
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
