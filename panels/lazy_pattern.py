"""Regular expressions that are compiled at their first use.

Compiling takes Python some tenths of a millisecond each, and most runs use few of those that the
modules declare.
"""

import re
from typing import Any, AnyStr, cast

METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _LazyPattern:
    """Has the attributes of `re.Pattern`; its methods are the compiled pattern's after one use."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        pattern = re.compile(self._text, self._flags)
        vars(self).update({method: getattr(pattern, method) for method in METHODS})
        return getattr(pattern, name)


def declare_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern of a text, as `re.compile` makes it; a wrong text raises at its first use."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(text, flags))
