"""Definitions: Python files and JSON documents that declare dashboards and rules.

A Python file may name `dashboard`, `dashboards` (any iterable, a generator too), `rules` or
`services` at its top level, and in `lint_exclusions` what `tailboard lint` should not tell. It is
run in its own folder, so that it can import its neighbours, and what it prints goes to stderr,
also what its child processes say. Dashboards' JSON is read without what runs Python definitions.
"""

import errno
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailboard.panels.definition_error import (
    DEPTH_PROBLEM,
    DEPTH_TIP,
    DefinitionError,
    locate_errors,
)
from tailboard.publish.manifest import MANIFEST_NAME, read_manifest

if TYPE_CHECKING:
    from tailboard.panels.service import Service

DEFINITION_SUFFIXES = (".py", ".json")
INSTALLED_FOLDERS = {"node_modules", "site-packages"}


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
    path: Path, fleet: "list[Service]", exclusions: list[Any] | None = None
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
            from tailboard.definitions.python_definition import load_python

            yield from load_python(path, fleet, [] if exclusions is None else exclusions)
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
