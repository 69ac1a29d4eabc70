"""Which targets a selector chooses: its matchers on the labels that targets have."""

from collections.abc import Iterable
from dataclasses import dataclass

MATCH_ALL = {("=~", ".*"), ("=~", ".+"), ("!=", ""), ("!~", "")}
MAX_VALUE_LENGTH = 2000
"""A longer value, of hundreds of instances, is not worth asking with."""

Matcher = tuple[str, str, str]


@dataclass(frozen=True, order=True)
class Selection:
    """Matchers that choose targets; none chooses all of them."""

    matchers: tuple[Matcher, ...] = ()

    def __str__(self) -> str:
        return format_selector(self.matchers)


def format_selector(matchers: Iterable[Matcher], name: str = "") -> str:
    """The matchers as PromQL."""
    matcher_texts = (f"{label}{op}{quote_string(value)}" for label, op, value in matchers)
    return f"{name}{{{','.join(matcher_texts)}}}"


def quote_string(value: str) -> str:
    """A value as a string of PromQL."""
    escaped_value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped_value}"'
