"""Which targets a selector chooses: its matchers on the labels that targets have."""

from collections.abc import Iterable
from dataclasses import dataclass

from publish.promql_reading import Series

EVERYTHING = {("=~", ".*"), ("=~", ".+"), ("!=", ""), ("!~", "")}
LONGEST = 2000
"""A longer value, of hundreds of instances, is not worth asking with."""

Matcher = tuple[str, str, str]


@dataclass(frozen=True, order=True)
class Selection:
    """Matchers that choose targets; none chooses all of them."""

    matchers: tuple[Matcher, ...] = ()

    def __str__(self) -> str:
        return selector(self.matchers)


def selection(asked: Series, target_labels: Iterable[str]) -> Selection:
    """The targets of a selector."""
    known = set(target_labels)
    return Selection(
        tuple(
            sorted(
                it
                for it in set(asked.matchers)
                if it[0] in known and it[1:] not in EVERYTHING and len(it[2]) <= LONGEST
            )
        )
    )


def selector(matchers: Iterable[Matcher], name: str = "") -> str:
    """The matchers as PromQL."""
    return f"{name}{{{','.join(f'{label}{op}{quoted(value)}' for label, op, value in matchers)}}}"


def quoted(value: str) -> str:
    """A value as a string of PromQL."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
