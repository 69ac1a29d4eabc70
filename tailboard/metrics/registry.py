"""What a prometheus-client registry of this very process would expose."""

import contextlib
import difflib
import importlib
import sys
import traceback
from collections.abc import Iterator
from math import isinf
from pathlib import Path
from types import ModuleType
from typing import Any

from tailboard.definitions.user_stdout import stdout_is_stderr
from tailboard.metrics.exposition import SUFFIXES, Catalogue, Exposed, Values, read
from tailboard.publish.errors import TailboardError

MISSING = object()
MOST_MEANT = 3


def read_registry(registry: Any, catalogue: Catalogue, where: str) -> None:
    """Add what a registry exposes, and the labels of its metrics that had no event yet."""
    read(exposed(registry), catalogue, where)
    for name, shape in _shapes(registry):
        catalogue.declared.setdefault(name, shape)


def exposed(registry: Any) -> list[bytes]:
    """The registry's metrics as text, line by line."""
    try:
        from prometheus_client import generate_latest
    except ImportError as error:
        raise TailboardError(
            "prometheus-client is not installed here, so there is no registry to ask",
            tip="run this where the application runs, or name its metrics as text.",
        ) from error
    if not callable(getattr(registry, "collect", None)):
        raise TailboardError(
            f"{type(registry).__name__!r} is not a registry of prometheus-client",
            tip="name the application's CollectorRegistry.",
        )
    if _is_metric(registry):
        raise TailboardError(
            f"a {type(registry).__name__} is one metric, and no registry",
            tip="name its CollectorRegistry; without one of your own, that is the REGISTRY which "
            "the module can import from prometheus_client.",
        )
    try:
        text: bytes = generate_latest(registry)
    except Exception as error:  # the application's own collectors run, and may raise anything
        raise TailboardError(
            f"the registry cannot be read: {_told(error)}",
            tip="run this in the application's folder and environment.",
        ) from error
    return text.splitlines(keepends=True)


def registry_named(name: str) -> Any:
    """The registry that `module:object` names, imported as Python would in this folder."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise TailboardError(
            f"{name!r} does not name a registry",
            tip="write module:object, as in app.main:REGISTRY.",
        )
    sys.path.insert(0, str(Path.cwd()))
    try:
        with contextlib.redirect_stdout(sys.stderr), stdout_is_stderr():
            found: Any = importlib.import_module(module)
            for part in path.split("."):
                found, holder = getattr(found, part, MISSING), found
                if found is MISSING:
                    break
    except (Exception, SystemExit) as error:  # the application's own code may raise anything
        raise TailboardError(
            f"{name} cannot be imported: {_told(error)}",
            tip="run this in the application's folder and environment.",
        ) from error
    finally:
        sys.path.remove(str(Path.cwd()))
    if found is MISSING:
        raise TailboardError(f"{_called(holder)} has no {part}", tip=_instead(part, holder))
    return found


def _called(holder: Any) -> str:
    named = isinstance(holder, ModuleType)
    return f"the module {holder.__name__}" if named else f"a {type(holder).__name__}"


def _instead(name: str, holder: Any) -> str:
    """Which names are there that may be meant: those like it, and registries."""
    there = getattr(holder, "__dict__", {})
    meant = difflib.get_close_matches(name, [it for it in there if not it.startswith("__")])
    meant += [it for it, value in there.items() if _is_registry(value) and it not in meant]
    if not meant:
        return "name a module and the CollectorRegistry in it, as in app.main:REGISTRY."
    return f"did you mean {' or '.join(meant[:MOST_MEANT])}?"


def _is_registry(value: Any) -> bool:
    return {"register", "collect"} <= _methods(value)


def _is_metric(value: Any) -> bool:
    """A collector of the application's own, or a part of a registry, can be read as one is."""
    return {"collect", "labels"} <= _methods(value) and not _is_registry(value)


def _methods(value: Any) -> set[str]:
    """What its classes define: the application's objects may do anything when asked themselves."""
    return {name for it in type(value).__mro__ for name in vars(it)}


def _told(error: BaseException) -> str:
    """What was raised and where; what it says may hold the application's secrets."""
    name = getattr(error, "name", None) if isinstance(error, ImportError | AttributeError) else None
    what = f"{type(error).__name__} ({name})" if isinstance(name, str) else type(error).__name__
    if isinstance(error, SyntaxError):
        return f"{what} at {Path(error.filename or '?').name}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [it for it in frames if _is_theirs(it.filename)]
    return f"{what} at {_place(theirs[-1])}" if theirs else what


def _is_theirs(file: str) -> bool:
    return file != __file__ and not file.startswith(("<", importlib.__file__ or "<"))


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    here = path.is_relative_to(Path.cwd())
    return f"{path.relative_to(Path.cwd()) if here else path}:{frame.lineno}"


def _shapes(registry: Any) -> Iterator[tuple[str, Exposed]]:
    """The series that metrics with labels will have; what is not prometheus-client's is left out.

    Its text says nothing of them before the first event, and no public function does.
    """
    for it in list(getattr(registry, "_collector_to_names", None) or ()):
        family, kind = getattr(it, "_name", None), getattr(it, "_type", None)
        labels = getattr(it, "_labelnames", None)
        if isinstance(family, str) and isinstance(kind, str) and labels and kind != "info":
            of_kind = (family,) if kind == "stateset" else ()  # the label that says the state
            for ending in [end for end in SUFFIXES.get(kind, ()) if end] or [""]:
                shape = Exposed(1, {label: _any() for label in (*labels, *of_kind)})
                if ending == "_bucket":
                    _add_bounds(shape, getattr(it, "_upper_bounds", None))
                yield f"{family}{ending}", shape


def _any() -> Values:
    """Values of which none is known."""
    return Values(series=1, more=True)


def _add_bounds(shape: Exposed, bounds: Any) -> None:
    try:
        known = [float(it) for it in bounds]
    except (TypeError, ValueError):
        shape.labels["le"] = _any()
        return
    shape.labels["le"] = Values({"+Inf" if isinf(it) else str(it) for it in known}, 1)
    shape.buckets = dict.fromkeys(known, (0.0, 1))
