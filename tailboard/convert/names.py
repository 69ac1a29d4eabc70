"""Names of Python for what a document calls otherwise: only ASCII letters, digits, underscores."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Sequence
from itertools import chain, count

MAX_LENGTH = 56
LINKING_WORDS = frozenset("a an and at by for from in of on or per the to vs with".split())
"""Words that no name ends in: something would be missing behind them."""

RESERVED_NAMES = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


class NameRegistry:
    """Hands out each name once."""

    def __init__(self, used_names: frozenset[str] | set[str] = frozenset()) -> None:
        self._used_names = {*used_names}

    def create_constant(self, text: str, default: str, alternatives: Sequence[str] = ()) -> str:
        """An unused name in upper case, made of the words of a text, else of an alternative."""
        texts = (text, *alternatives)
        return self._reserve([build_identifier(text, default).upper() for text in texts])

    def find_function(self, texts: Sequence[str]) -> str | None:
        """An unused name in lower case, of the first text that gives one; None where none does."""
        return self._find([build_identifier(text, "build_panel").lower() for text in texts])

    def find_constant(self, texts: Sequence[str]) -> str | None:
        """An unused name in upper case, of the first text that gives one; None where none does."""
        return self._find([build_identifier(text, "VALUE").upper() for text in texts])

    def _find(self, names: Sequence[str]) -> str | None:
        name = next(filter(self._is_free, names), None)
        if name is not None:
            self._used_names.add(name)
        return name

    def _reserve(self, names: Sequence[str]) -> str:
        """The first name that is not used; a number behind it where all are."""
        numbered_names = (f"{names[0]}_{number}" for number in count(2))
        name = next(name for name in chain(names, numbered_names) if self._is_free(name))
        self._used_names.add(name)
        return name

    def _is_free(self, name: str) -> bool:
        return name not in self._used_names and name not in RESERVED_NAMES


def build_identifier(text: str, default: str) -> str:
    """The words of a text joined by underscores; the default where none is left.

    Accents are taken off their letters; what no ASCII letter or digit stands for is left out.
    """
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain_text.replace("%", " percent "))
    kept_words = list(words)
    while len(kept_words) > 1 and (
        len("_".join(kept_words)) > MAX_LENGTH
        or (len(kept_words) < len(words) and kept_words[-1].lower() in LINKING_WORDS)
    ):
        kept_words.pop()
    name = "_".join(kept_words)[:MAX_LENGTH] or default
    if name[0].isdigit():
        name = f"{default}_{name}"
    return name
