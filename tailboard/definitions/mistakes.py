"""What a definition's exception means, in words for whoever wrote the definition."""

import contextlib
import inspect
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import grafanalib.core

from tailboard import dashboards, panels
from tailboard.panels import READY_MADE, kinds
from tailboard.panels.definition_error import DefinitionError, did_you_mean

UNKNOWN_ARGUMENT = re.compile(
    r"(?P<name>\w+)(\.__init__)?\(\) got an unexpected keyword argument '(?P<argument>\w+)'"
)


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn whatever a definition raises into one sentence with its line."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except DefinitionError as error:
        if line := _line(error, path):
            error.inside(f"line {line}")
        raise
    except SyntaxError as error:
        raise DefinitionError(
            f"it is not Python: {error.msg}{_place(error, path)}",
            tip="correct the line and build again.",
        ) from error
    except BaseException as error:  # the user's code may raise anything
        problem, tip = explained(error)
        line = _line(error, path)
        where = (f"line {line}",) if line else ()
        raise DefinitionError(problem, tip=tip, where=where) from error


@contextlib.contextmanager
def shaped(dashboard: object) -> Iterator[None]:
    """Turn what trips over a dashboard of another shape than ours into one sentence."""
    try:
        yield
    except DefinitionError:
        raise
    except Exception as error:  # JSON, and what a definition puts into a dashboard, may be anything
        found = dashboard.get("title") if isinstance(dashboard, Mapping) else None
        title = found or getattr(dashboard, "title", None)
        raise DefinitionError(
            f"it is not shaped as a dashboard: {type(error).__name__}: {_message(error)}",
            tip="look for a single value where a list is expected, or the other way round.",
            where=(f"dashboard {title!r}",),
        ) from error


@contextlib.contextmanager
def noted(errors: list[DefinitionError]) -> Iterator[None]:
    """Keep a mistake for the end, so that one run shows them all."""
    try:
        yield
    except DefinitionError as error:
        errors.append(error)


def explained(error: BaseException) -> tuple[str, str]:
    """The sentence that says what is wrong, and the tip that says what to do."""
    if isinstance(error, SystemExit):
        tip = "a definition only declares; take exit() out."
        return "it ends the program (SystemExit)", tip
    message = _message(error)
    problem = f"{type(error).__name__}: {message}" if message else type(error).__name__
    found = UNKNOWN_ARGUMENT.search(message)
    if found and (fields := _fields(found["name"], error)):
        return problem, did_you_mean(found["argument"], fields)
    if isinstance(error, ImportError):
        return problem, "install it beside tailboard, or put it into the definition's folder."
    return problem, "run the file with Python alone to see where it comes from."


def _message(error: BaseException) -> str:
    """What the error says; attrs puts the attribute, the class and the value behind that."""
    try:
        return str(error.args[0] if error.args and isinstance(error, TypeError) else error)
    except Exception:  # an exception of the user's own may fail to say what is wrong
        return ""


def _line(error: BaseException, path: Path) -> int | None:
    """The last line of the definition itself on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path.resolve()]
    return lines[-1] if lines else None


def _place(error: SyntaxError, path: Path) -> str:
    """The line, and the file where it is a neighbour's."""
    if not error.lineno:
        return ""
    elsewhere = error.filename and Path(error.filename) != path.resolve()
    return f" ({error.filename}, line {error.lineno})" if elsewhere else f" (line {error.lineno})"


def _fields(name: str, error: BaseException) -> list[str]:
    """The arguments of what was called by that name."""
    for place in _places(error):
        called: Callable[..., Any] | None = getattr(place, name, None)
        if callable(called):
            return [it for it in inspect.signature(called).parameters if it != "self"]
    return []


def _places(error: BaseException) -> Iterator[object]:
    """Where a name may come from: first what the line that failed could see."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if frames:
        seen = frames[-1][0].f_globals | frames[-1][0].f_locals
        scope = ModuleType("scope")
        vars(scope).update(seen)
        yield scope
        yield from (value for value in seen.values() if isinstance(value, ModuleType))
    yield from (dashboards, panels, *READY_MADE, kinds, grafanalib.core)
