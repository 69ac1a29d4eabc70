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

from tailboard.definitions.stdout import redirect_stdout_to_stderr
from tailboard.metrics.catalogue import SUFFIXES, Catalogue, LabelValues, MetricSeries
from tailboard.metrics.exposition import read_exposition
from tailboard.publish.errors import TailboardError

NO_ATTRIBUTE = object()
MAX_SUGGESTIONS = 3


def read_registry(registry: Any, catalogue: Catalogue, source: str) -> None:
    """Add what a registry exposes, and the labels of its metrics that had no event yet."""
    read_exposition(render_registry(registry), catalogue, source)
    for name, metric in _build_declarations(registry):
        catalogue.declarations.setdefault(name, metric)


def render_registry(registry: Any) -> list[bytes]:
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
            f"the registry cannot be read: {_describe_error(error)}",
            tip="run this in the application's folder and environment.",
        ) from error
    return text.splitlines(keepends=True)


def import_registry(name: str) -> Any:
    """The registry that `module:object` names, imported as Python would in this folder."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise TailboardError(
            f"{name!r} does not name a registry",
            tip="write module:object, as in app.main:REGISTRY.",
        )
    sys.path.insert(0, str(Path.cwd()))
    try:
        with contextlib.redirect_stdout(sys.stderr), redirect_stdout_to_stderr():
            value: Any = importlib.import_module(module)
            for part in path.split("."):
                value, holder = getattr(value, part, NO_ATTRIBUTE), value
                if value is NO_ATTRIBUTE:
                    break
    except (Exception, SystemExit) as error:  # the application's own code may raise anything
        raise TailboardError(
            f"{name} cannot be imported: {_describe_error(error)}",
            tip="run this in the application's folder and environment.",
        ) from error
    finally:
        sys.path.remove(str(Path.cwd()))
    if value is NO_ATTRIBUTE:
        raise TailboardError(
            f"{_describe_object(holder)} has no {part}", tip=_suggest_names(part, holder)
        )
    return value


def _describe_object(value: Any) -> str:
    is_module = isinstance(value, ModuleType)
    return f"the module {value.__name__}" if is_module else f"a {type(value).__name__}"


def _suggest_names(name: str, holder: Any) -> str:
    """Which names are there that may be meant: those like it, and registries."""
    attributes = getattr(holder, "__dict__", {})
    suggestions = difflib.get_close_matches(
        name, [attribute for attribute in attributes if not attribute.startswith("__")]
    )
    suggestions += [
        attribute
        for attribute, value in attributes.items()
        if _is_registry(value) and attribute not in suggestions
    ]
    if not suggestions:
        return "name a module and the CollectorRegistry in it, as in app.main:REGISTRY."
    return f"did you mean {' or '.join(suggestions[:MAX_SUGGESTIONS])}?"


def _is_registry(value: Any) -> bool:
    return {"register", "collect"} <= _list_methods(value)


def _is_metric(value: Any) -> bool:
    """A collector of the application's own, or a part of a registry, can be read as one is."""
    return {"collect", "labels"} <= _list_methods(value) and not _is_registry(value)


def _list_methods(value: Any) -> set[str]:
    """What its classes define: the application's objects may do anything when asked themselves."""
    return {name for base in type(value).__mro__ for name in vars(base)}


def _describe_error(error: BaseException) -> str:
    """What was raised and where; what it says may hold the application's secrets."""
    name = getattr(error, "name", None) if isinstance(error, ImportError | AttributeError) else None
    description = (
        f"{type(error).__name__} ({name})" if isinstance(name, str) else type(error).__name__
    )
    if isinstance(error, SyntaxError):
        return f"{description} at {Path(error.filename or '?').name}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    application_frames = [frame for frame in frames if _is_application_file(frame.filename)]
    return (
        f"{description} at {_format_frame(application_frames[-1])}"
        if application_frames
        else description
    )


def _is_application_file(file: str) -> bool:
    return file != __file__ and not file.startswith(("<", importlib.__file__ or "<"))


def _format_frame(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    is_local = path.is_relative_to(Path.cwd())
    return f"{path.relative_to(Path.cwd()) if is_local else path}:{frame.lineno}"


def _build_declarations(registry: Any) -> Iterator[tuple[str, MetricSeries]]:
    """The series that metrics with labels will have; what is not prometheus-client's is left out.

    Its text has none of them before the first event, and no public function lists them.
    """
    for collector in list(getattr(registry, "_collector_to_names", None) or ()):
        family, kind = getattr(collector, "_name", None), getattr(collector, "_type", None)
        labels = getattr(collector, "_labelnames", None)
        if not (isinstance(family, str) and isinstance(kind, str) and labels) or kind == "info":
            continue
        state_labels = (family,) if kind == "stateset" else ()  # the label that says the state
        for suffix in list(filter(None, SUFFIXES.get(kind, ()))) or [""]:
            metric = MetricSeries(
                1, {label: _build_unknown_values() for label in (*labels, *state_labels)}
            )
            if suffix == "_bucket":
                _add_bounds(metric, getattr(collector, "_upper_bounds", None))
            yield f"{family}{suffix}", metric


def _build_unknown_values() -> LabelValues:
    """Values of which none is known."""
    return LabelValues(series_count=1, is_incomplete=True)


def _add_bounds(metric: MetricSeries, bounds: Any) -> None:
    try:
        upper_bounds = [float(bound) for bound in bounds]
    except (TypeError, ValueError):
        metric.labels["le"] = _build_unknown_values()
        return
    metric.labels["le"] = LabelValues(
        dict.fromkeys(("+Inf" if isinf(bound) else str(bound) for bound in upper_bounds), 0.0), 1
    )
    metric.buckets = dict.fromkeys(upper_bounds, (0.0, 1))
