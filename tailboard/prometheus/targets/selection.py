"""Which targets a selector chooses: its matchers on the labels that targets have."""

from collections.abc import Iterable
from dataclasses import dataclass

from tailboard.panels.matcher import METRIC_NAME, quote_label, quote_string

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
    """The matchers as PromQL; a name that only Prometheus 3 has stands among them."""
    is_quoted = bool(name) and not METRIC_NAME.fullmatch(name)
    parts = [
        *([quote_string(name)] if is_quoted else []),
        *(f"{quote_label(label)}{op}{quote_string(value)}" for label, op, value in matchers),
    ]
    return f"{'' if is_quoted else name}{{{','.join(parts)}}}"
