"""Every query of some subjects as Grafana would send it, with its variables written out."""

from collections.abc import Iterator
from dataclasses import dataclass

from tailboard.check.query_states import list_all_queries
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.variables.interpolation import interpolate_variables
from tailboard.prometheus.variables.intervals import Intervals, read_min_interval
from tailboard.prometheus.variables.values import resolve_variables
from tailboard.queries.parser.expression_forms import read_expression
from tailboard.queries.subject import Query, Subject


@dataclass(frozen=True)
class ExpandedQuery:
    """A query with its variables filled in; `empty_reason` names those without values."""

    query: Query
    source_text: str
    """As it stands in the definition."""

    empty_reason: str = ""


def expand_queries(
    subject: Subject, server: PrometheusServer, intervals: Intervals
) -> list[ExpandedQuery]:
    """The queries of a subject, those of its variables first."""
    if subject.rules:
        return [ExpandedQuery(query, query.text) for query in list_all_queries(subject)]
    return list(_expand_document_queries(subject, server, intervals))


def _expand_document_queries(
    subject: Subject, server: PrometheusServer, intervals: Intervals
) -> Iterator[ExpandedQuery]:
    values = resolve_variables(subject.json, server, intervals.build_variables())
    min_intervals = {
        id(query): read_min_interval(panel.json)
        for panel in subject.panels
        for query in panel.queries
    }
    for query in list_all_queries(subject):
        global_variables = intervals.build_variables(min_intervals.get(id(query), 0.0))
        text = interpolate_variables(query.text, {**values.values, **global_variables})
        yield ExpandedQuery(
            _replace_text(query, text), query.text, values.describe_empty(query.text)
        )


def _replace_text(query: Query, text: str) -> Query:
    expression, selectors = read_expression(text)
    return query._replace(text=text, expression=expression, selectors=selectors)
