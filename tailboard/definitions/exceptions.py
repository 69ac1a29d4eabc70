"""What a definition's exception means, in words for whoever wrote the definition."""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.panels.definition_error import (
    DEPTH_PROBLEM,
    DEPTH_TIP,
    DefinitionError,
    suggest_name,
)
from tailboard.panels.lazy_pattern import declare_pattern

UNKNOWN_ARGUMENT = declare_pattern(
    r"(?P<name>\w+)(\.__init__)?\(\) got an unexpected keyword argument '(?P<argument>\w+)'"
)

NULL_BYTES = "source code string cannot contain null bytes"
"""What Python before 3.11.4 says of such a file by a ValueError, later ones by a SyntaxError."""

SYNTAX_TIP = "correct the line and build again."


@contextlib.contextmanager
def convert_exceptions(path: Path) -> Iterator[None]:
    """Turn whatever a definition raises into one sentence with its line."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except DefinitionError as error:
        if line := _find_line(error, path):
            error.add_place(f"line {line}")
        raise
    except SyntaxError as error:
        raise DefinitionError(
            f"it is not Python: {error.msg}{_format_place(error, path)}",
            tip=SYNTAX_TIP,
        ) from error
    except BaseException as error:  # the user's code may raise anything
        problem, tip = describe_exception(error)
        line = _find_line(error, path)
        where = (f"line {line}",) if line else ()
        raise DefinitionError(problem, tip=tip, location=where) from error


@contextlib.contextmanager
def convert_shape_errors(dashboard: object) -> Iterator[None]:
    """Turn what trips over a dashboard of another shape than ours into one sentence."""
    try:
        yield
    except DefinitionError:
        raise
    except Exception as error:  # JSON, and what a definition puts into a dashboard, may be anything
        title = (
            unwrap_dashboard(dashboard).get("title")
            if isinstance(dashboard, Mapping)
            else getattr(dashboard, "title", None)
        )
        location = (f"dashboard {title!r}",)
        if isinstance(error, RecursionError):
            raise DefinitionError(DEPTH_PROBLEM, tip=DEPTH_TIP, location=location) from error
        raise DefinitionError(
            f"it is not shaped as a dashboard: {type(error).__name__}: {_read_message(error)}",
            tip="look for a single value where a list is expected, or the other way round.",
            location=location,
        ) from error


@contextlib.contextmanager
def collect_errors(errors: list[DefinitionError]) -> Iterator[None]:
    """Keep a mistake for the end, so that one run shows them all."""
    try:
        yield
    except DefinitionError as error:
        errors.append(error)


def describe_exception(error: BaseException) -> tuple[str, str]:
    """The sentence that says what is wrong, and the tip that says what to do."""
    if isinstance(error, SystemExit):
        tip = "a definition only declares; take exit() out."
        return "it ends the program (SystemExit)", tip
    message = _read_message(error)
    if isinstance(error, ValueError) and message == NULL_BYTES:
        return f"it is not Python: {message}", SYNTAX_TIP
    problem = f"{type(error).__name__}: {message}" if message else type(error).__name__
    match = UNKNOWN_ARGUMENT.search(message)
    if match and (parameters := _list_parameters(match["name"], error)):
        return problem, suggest_name(match["argument"], parameters)
    if isinstance(error, ImportError):
        return problem, "install it beside tailboard, or put it into the definition's folder."
    return problem, "run the file with Python alone to see where it comes from."


def _read_message(error: BaseException) -> str:
    """What the error says; attrs puts the attribute, the class and the value behind that."""
    try:
        return str(error.args[0] if error.args and isinstance(error, TypeError) else error)
    except Exception:  # an exception of the user's own may fail to say what is wrong
        return ""


def _find_line(error: BaseException, path: Path) -> int | None:
    """The last line of the definition itself on the way to the error."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path.resolve()]
    return lines[-1] if lines else None


def _format_place(error: SyntaxError, path: Path) -> str:
    """The line, and the file where it is a neighbour's."""
    if not error.lineno:
        return ""
    is_elsewhere = error.filename and Path(error.filename) != path.resolve()
    return (
        f" ({error.filename}, line {error.lineno})" if is_elsewhere else f" (line {error.lineno})"
    )


def _list_parameters(name: str, error: BaseException) -> list[str]:
    """The arguments of what was called by that name."""
    for scope in _list_scopes(error):
        function: Callable[..., Any] | None = getattr(scope, name, None)
        if callable(function):
            return [
                parameter
                for parameter in inspect.signature(function).parameters
                if parameter != "self"
            ]
    return []


def _list_scopes(error: BaseException) -> Iterator[object]:
    """Where a name may come from: first what the innermost call could see."""
    import traceback

    import grafanalib.core

    from tailboard import dashboards, panels
    from tailboard.panels import kinds
    from tailboard.panels.ready_made import READY_MADE

    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        names = frame.f_globals | frame.f_locals
        scope = ModuleType("scope")
        vars(scope).update(names)
        yield scope
        yield from (value for value in names.values() if isinstance(value, ModuleType))
    yield from (dashboards, panels, *READY_MADE, kinds, grafanalib.core)
