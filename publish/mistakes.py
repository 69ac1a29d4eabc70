"""What a definition's exception means, in words for whoever wrote the definition."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import grafanalib.core

from panels import READY_MADE, kinds
from panels.definition_error import did_you_mean

UNKNOWN_ARGUMENT = re.compile(
    r"(?P<name>\w+)(\.__init__)?\(\) got an unexpected keyword argument '(?P<argument>\w+)'"
)


def explained(error: Exception) -> tuple[str, str]:
    """The sentence that says what is wrong, and the tip that says what to do."""
    # attrs puts the attribute, the class and the value behind the sentence itself.
    message = str(error.args[0]) if error.args and isinstance(error, TypeError) else str(error)
    problem = f"{type(error).__name__}: {message}" if message else type(error).__name__
    found = UNKNOWN_ARGUMENT.search(message)
    if found and (fields := _fields(found["name"])):
        return problem, did_you_mean(found["argument"], fields)
    if isinstance(error, ImportError):
        return problem, "install it beside tailboard, or put it into the definition's folder."
    return problem, "run the file with Python alone to see where it comes from."


def _fields(name: str) -> list[str]:
    """The arguments of the panel, kind or grafanalib class of that name."""
    places = [*READY_MADE, kinds, grafanalib.core]
    for place in places:
        called: Callable[..., Any] | None = getattr(place, name, None)
        if callable(called):
            return [it for it in inspect.signature(called).parameters if it != "self"]
    return []
