"""Definitions: Python files and JSON documents that declare dashboards.

A Python file may name `dashboard`, `dashboards` (any iterable, a generator too) or `services` at
its top level. It is run in its own folder, so that it can import its neighbours, and what it
prints goes to stderr.
"""

import contextlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from dashboards.library import library
from panels.definition_error import DefinitionError, inside
from panels.service import Service
from publish.mistakes import in_words

NAMES = ("dashboard", "dashboards", "services")
TIP = f"name one of {', '.join(f'`{name}`' for name in NAMES)} at the top level of the file."


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """The definitions at these paths: a folder means the files in it, but for those with `_`."""
    for path in paths:
        if path.is_dir():
            yield from sorted(it for it in path.rglob("*") if _is_definition(it, path))
        elif path.exists():
            yield path
        else:
            raise DefinitionError(
                f"there is no definition at {path}", tip="look at the path; a folder works too."
            )


def _is_definition(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    hidden = any(part.startswith(("_", ".")) for part in parts)
    return path.suffix in {".py", ".json"} and path.is_file() and not hidden


def dashboards(path: Path) -> Iterator[Any]:
    """The dashboards of one definition, one at a time."""
    with inside(str(path)):
        if path.suffix == ".json":
            yield _json(path)
        elif path.suffix == ".py":
            yield from _python(path)
        else:
            raise DefinitionError(
                f"a {path.suffix or 'file without suffix'} is not a definition",
                tip="definitions are Python files (.py) and dashboards' JSON (.json).",
            )


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DefinitionError(
            f"it cannot be read as JSON: {error}", tip="export the dashboard from Grafana again."
        ) from error


def _python(path: Path) -> Iterator[Any]:
    with _own_folder(path), contextlib.redirect_stdout(sys.stderr):
        module = _run(path)
        declared = [name for name in NAMES if hasattr(module, name)]
        if not declared:
            raise DefinitionError("it defines nothing", tip=TIP)
        found = _declared(module)
        while True:
            with in_words(path):
                try:
                    one = next(found)
                except StopIteration:
                    return
            yield one


def _declared(module: ModuleType) -> Iterator[Any]:
    if hasattr(module, "dashboard"):
        yield module.dashboard
    yield from _items(module, "dashboards")
    services = list(_items(module, "services"))
    for service in services:
        if not isinstance(service, Service):
            raise DefinitionError(
                f"`services` holds a {type(service).__name__}, which is not a service",
                tip='declare each as Service("name", selector={...}, convention=...).',
            )
    _check_names(services)
    if services:
        yield from library(services)


def _items(module: ModuleType, name: str) -> Iterator[Any]:
    value = getattr(module, name, ())
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
    """The module, which nobody else can import, so that it is forgotten after use."""
    spec = importlib.util.spec_from_file_location(f"definition of {path.name}", path)
    if spec is None or spec.loader is None:
        raise DefinitionError("it is not a Python file", tip="give it the suffix .py.")
    module = importlib.util.module_from_spec(spec)
    with in_words(path):
        spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _own_folder(path: Path) -> Iterator[None]:
    """Let a definition import its neighbours, and let no other definition get the same ones."""
    folder = str(path.resolve().parent)
    before = set(sys.modules)
    sys.path.insert(0, folder)
    written_before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = written_before
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
                del sys.modules[name]
