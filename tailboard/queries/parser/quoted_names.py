"""Names of metrics and labels that stand in quotes, which Prometheus 2 does not read."""

from collections.abc import Iterator

from tailboard.queries.parser.lexer import TOKEN, Piece, split_text

LABEL_LIST_WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
"""Words behind which parentheses hold labels."""

MATCHER_OPERATORS = ("=", "!")


def find_quoted_names(text: str) -> list[str]:
    """The names in quotes of an expression, each once and with its quotes."""
    return list(dict.fromkeys(_find_names(split_text(text))))


def _find_names(pieces: list[Piece]) -> Iterator[str]:
    brackets = [""]
    """What opened each bracket that is open: `{`, or the word before a parenthesis."""

    last_symbol = ""
    for piece in pieces:
        if piece.kind == "code":
            for symbol in TOKEN.findall(piece.text):
                if symbol in "([{":
                    brackets.append("{" if symbol == "{" else last_symbol.lower())
                elif symbol in ")]}" and len(brackets) > 1:
                    brackets.pop()
                last_symbol = symbol
        elif piece.kind == "string":
            is_value = last_symbol in {"=", "!=", "=~", "!~"}
            if (brackets[-1] == "{" and not is_value) or brackets[-1] in LABEL_LIST_WORDS:
                yield piece.text
            last_symbol = piece.text
