"""What recording rules compute, and which of them are behind a selector."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.metrics.exposition import matches
from tailboard.queries.promql_reading import Reading, Series, variables
from tailboard.queries.subject import Plain, Query


@dataclass(frozen=True, eq=False)
class Recorded:
    """What one rule computes, and the labels that it adds."""

    reading: Reading
    labels: Mapping[str, str]


Recordings = Mapping[str, tuple[Recorded, ...]]
"""What is recorded, by the name that it is given."""


def recorded_by(rules: Iterable[tuple[Query, Plain]]) -> Recordings:
    """What the recording rules among these compute."""
    found: dict[str, list[Recorded]] = {}
    for query, rule in rules:
        if "record" in rule:
            given = rule.get("labels")
            labels = given if isinstance(given, Mapping) else {}
            made = Recorded(query.reading, {it: str(labels[it]) for it in labels})
            found.setdefault(str(rule["record"]), []).append(made)
    return {name: tuple(made) for name, made in found.items()}


def behind(asked: Series, recorded: Recordings) -> list[Recorded]:
    """The rules that may have recorded what a selector chooses."""
    return [it for it in recorded.get(asked.name, ()) if fit(it.labels, asked.matchers)]


def fit(labels: Mapping[str, str], matchers: Iterable[tuple[str, str, str]]) -> bool:
    """Whether these matchers may choose what has these labels and others; a variable may be any."""
    return all(
        matches(op, value, (labels[label],))
        for label, op, value in matchers
        if label in labels and not variables(value)
    )
