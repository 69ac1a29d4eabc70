"""Names of Python for what a document calls otherwise: only ASCII letters, digits, underscores."""

import builtins
import keyword
import re
import unicodedata

MAX_LENGTH = 40
RESERVED_NAMES = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


class NameRegistry:
    """Hands out each name once."""

    def __init__(self, used_names: frozenset[str] | set[str] = frozenset()) -> None:
        self._used_names = {*used_names}

    def create_constant(self, text: str, default: str) -> str:
        """An unused name in upper case, made of the words of a text."""
        return self._reserve(build_identifier(text, default).upper())

    def create_function(self, text: str, default: str) -> str:
        """An unused name in lower case, made of the words of a text."""
        return self._reserve(build_identifier(text, default).lower())

    def _reserve(self, name: str) -> str:
        number = 1
        candidate = name
        while candidate in self._used_names or candidate in RESERVED_NAMES:
            number += 1
            candidate = f"{name}_{number}"
        self._used_names.add(candidate)
        return candidate


def build_identifier(text: str, default: str) -> str:
    """The words of a text joined by underscores; the default where none is left.

    Accents are taken off their letters; what no ASCII letter or digit stands for is left out.
    """
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain_text.replace("%", " percent "))
    name = ""
    for word in words:
        longer_name = f"{name}_{word}" if name else word
        if len(longer_name) > MAX_LENGTH:
            break
        name = longer_name
    if not name:
        name = words[0][:MAX_LENGTH] if words else default
    if name[0].isdigit():
        name = f"{default}_{name}"
    return name
