"""Every query of some subjects as Grafana would send it, with its variables written out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tailboard.check.checking import asked_by
from tailboard.prometheus.interpolation import written
from tailboard.prometheus.server import Server
from tailboard.prometheus.variables import filled
from tailboard.prometheus.windows import Windows, least_interval
from tailboard.queries.promql_reading import read, series
from tailboard.queries.subject import Query, Subject


@dataclass(frozen=True)
class Expanded:
    """A query as it is asked; `why_empty` names the variables that have no values."""

    query: Query
    text: str
    """As it stands in the definition."""

    why_empty: str = ""


def expanded(subject: Subject, server: Server, windows: Windows) -> list[Expanded]:
    """The queries of a subject, those of its variables first."""
    if subject.rules:
        return [Expanded(it, it.text) for it in asked_by(subject)]
    return list(_of_document(subject, server, windows))


def _of_document(subject: Subject, server: Server, windows: Windows) -> Iterator[Expanded]:
    values = filled(subject.plain, server, windows.values())
    least = {
        id(query): least_interval(panel.plain)
        for panel in subject.panels
        for query in panel.queries
    }
    for query in asked_by(subject):
        own = windows.values(least.get(id(query), 0.0))
        text = written(query.text, {**values.values, **own})
        yield Expanded(_as(query, text), query.text, values.why_empty(query.text))


def _as(query: Query, text: str) -> Query:
    reading = read(text)
    selected = tuple(series(reading.tree)) if reading.tree is not None else ()
    return replace(query, text=text, reading=reading, selected=selected)
