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

PANEL_PARAMETERS = frozenset({"expression", "legend", "queries", "size", "title"})
"""What functions of panels call their parameters."""

TITLE_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+|\[\[\w+\]\]")
REMARK = re.compile(r"\([^()]*\)")
SLASH_WORD = re.compile(r"\b([A-Za-z])/([A-Za-z])s?\b")
"""Such as `I/O`, which is one word."""

PER_UNIT = re.compile(r"\s?/\s?(s|sec|second|min|minute|hour|day)\b", re.IGNORECASE)
"""Such as `Requests / second`."""

RESERVED_NAMES = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


def is_free_parameter(name: str) -> bool:
    """Whether a parameter may be called so: no word of Python, and no parameter of ours."""
    return name.isidentifier() and name not in RESERVED_NAMES and name not in PANEL_PARAMETERS


class NameRegistry:
    """Hands out each name once."""

    def __init__(self, used_names: frozenset[str] | set[str] = frozenset()) -> None:
        self._used_names = {*used_names}

    def copy(self) -> "NameRegistry":
        """A registry that has handed out the same names, for a trial."""
        return NameRegistry(self._used_names)

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


def build_title_identifier(title: str, default: str = "") -> str:
    """The words of a title joined by underscores, without variables and remarks in parentheses.

    These stay where no other word is.
    """
    text = PER_UNIT.sub(r" per \1", SLASH_WORD.sub(r"\1\2", title))
    short_text = REMARK.sub(" ", TITLE_VARIABLE.sub(" ", text))
    words = build_identifier(short_text, "").split("_")
    while short_text != text and words and words[-1].lower() in LINKING_WORDS:
        words.pop()
    return "_".join(words) or build_identifier(text, default)


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
    if name[:1].isdigit():
        name = f"{default}_{name}"
    return name
