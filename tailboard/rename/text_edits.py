"""Values of a file changed in its text, so that the rest of it stays byte for byte."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Style = Literal["json", "double", "single", "plain", "block"]
"""How a text is written: a string of JSON, or one of YAML's styles."""

WORD = re.compile(r"\w+|\s+|[^\w\s]")
MAX_WORDS = 4000
"""Beyond so many words, everything between the first and the last difference is replaced."""

ESCAPE = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\r?\n[ \t]*|.)", re.DOTALL
)
SHORT_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


class TextEdit(NamedTuple):
    """What replaces the characters from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class WrittenText:
    """A text of a file: where its characters stand between `start` and `end`, and its style.

    `indent` stands before each line of a block.
    """

    source: str
    start: int
    end: int
    style: Style
    indent: str = ""
    is_ascii: bool = False

    def list_edits(self, old: str, new: str) -> list[TextEdit] | None:
        """The edits of the file that make the one text of the other; None where they are unclear.

        White space between words may be written otherwise than it is read: lines may be folded.
        """
        characters = [entry for entry in self._list_characters() if not entry[0].isspace()]
        if [entry[0] for entry in characters] != [char for char in old if not char.isspace()]:
            return None
        positions: list[int] = []
        count = 0
        for char in old:
            positions.append(count)
            count += not char.isspace()
        positions.append(count)
        edits = []
        for start, end, text in list_differences(old, new):
            escaped_text = self._escape(text)
            if escaped_text is None:
                return None
            begins_with_space = start == end or old[start].isspace()
            if start == end:
                begins_with_space = start > 0 and not old[start - 1].isspace()
            first, last = positions[start], positions[end]
            first_position = (
                self._find_end(characters, first)
                if begins_with_space
                else self._find_start(characters, first)
            )
            ends_with_space = start < end and old[end - 1].isspace()
            last_position = (
                self._find_start(characters, last)
                if ends_with_space
                else self._find_end(characters, last)
            )
            edits.append(TextEdit(first_position, max(first_position, last_position), escaped_text))
        return edits

    def _find_start(self, characters: Sequence[tuple[str, int, int]], number: int) -> int:
        """Where the character of a number begins, or behind the last one."""
        if number < len(characters):
            return characters[number][1]
        is_exact = self.style in {"json", "double", "single"}
        return self.end if is_exact or not characters else characters[-1][2]

    def _find_end(self, characters: Sequence[tuple[str, int, int]], number: int) -> int:
        """Where the character before that of a number ends, or where the text begins."""
        return characters[number - 1][2] if number else self.start

    def _list_characters(self) -> Iterator[tuple[str, int, int]]:
        """The characters that are read, with their places in the file."""
        position = self.start
        while position < self.end:
            char = self.source[position]
            end = position + 1
            if self.style in {"json", "double"} and char == "\\":
                match = ESCAPE.match(self.source, position, self.end)
                end = match.end() if match else end
                char = _read_escape(self.source[position:end])
                pair_end = end + len(r"\u0000")
                if "\ud800" <= char < "\udc00" and self.source[end : end + 2] == r"\u":
                    char = json.loads(f'"{self.source[position:pair_end]}"')
                    end = pair_end
            elif self.style == "single" and char == "'":
                end = position + 2
            if char:
                yield char, position, end
            position = end

    def _escape(self, text: str) -> str | None:
        """The text with the escapes of this style; None where it has none for it."""
        if self.style in {"json", "double"}:
            return json.dumps(text, ensure_ascii=self.is_ascii)[1:-1]
        if self.style == "block":
            return text.replace("\n", f"\n{self.indent}")
        if "\n" in text:
            return None
        return text.replace("'", "''") if self.style == "single" else text


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text with its edits, which do not overlap."""
    parts, position = [], 0
    for start, end, new_text in sorted(edits):
        parts += [text[position:start], new_text]
        position = end
    return "".join([*parts, text[position:]])


def list_differences(old: str, new: str) -> list[tuple[int, int, str]]:
    """Ranges of a text and what replaces them in another; each begins and ends with a word."""
    old_words, new_words = WORD.findall(old), WORD.findall(new)
    if max(len(old_words), len(new_words)) > MAX_WORDS:
        return _list_outer_difference(old, new)
    starts = [0]
    for word in old_words:
        starts.append(starts[-1] + len(word))
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    return [
        (starts[first], starts[last], "".join(new_words[new_first:new_last]))
        for tag, first, last, new_first, new_last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _list_outer_difference(old: str, new: str) -> list[tuple[int, int, str]]:
    """One range: all but the beginning and the end that two texts share."""
    if old == new:
        return []
    shortest = min(len(old), len(new))
    start = next((index for index in range(shortest) if old[index] != new[index]), shortest)
    rest = shortest - start
    end = next((index for index in range(rest) if old[-1 - index] != new[-1 - index]), rest)
    return [(start, len(old) - end, new[start : len(new) - end])]


def _read_escape(text: str) -> str:
    kind = text[1:2]
    if kind in "uUx" and len(text) > 2:
        return chr(int(text[2:], 16))
    if kind in "\r\n":
        return ""
    return SHORT_ESCAPES.get(kind, kind)
