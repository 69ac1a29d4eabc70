"""A label whose values are no statuses of the protocol that a query takes them for.

Bad: `grpc_server_handled_total{grpc_code=~"5.."}`, where the label holds OK and INTERNAL
Good: `grpc_server_handled_total{grpc_code=~"INTERNAL|UNAVAILABLE|UNKNOWN"}`
Such a query finds no failure, whatever happens: the error ratio is 0 and no alert fires. It is
looked at where a query selects what HTTP, gRPC or a service's own convention calls failures, and
where none of the label's values is a failure, a success or a client's mistake of theirs. Labels
with more values than are kept are left alone.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem, describe_panels, format_names
from tailboard.check.evidence import Evidence
from tailboard.queries.analysis.status_filters import StatusFilter, list_library_statuses


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    groups: dict[tuple[str, str], list[StatusFilter]] = {}
    for status_filter in evidence.status_filters:
        groups.setdefault((status_filter.metric, status_filter.label), []).append(status_filter)
    for (metric, label), filters in sorted(groups.items()):
        values = _list_values(evidence, metric, label)
        protocols = dict.fromkeys(
            statuses for status_filter in filters for statuses in status_filter.protocols
        )
        if values and not any(
            statuses.has_value(value) for statuses in protocols for value in values
        ):
            names = " or ".join(dict.fromkeys(statuses.name for statuses in protocols))
            yield MetricProblem(
                metric,
                f"its values are no statuses of {names}, so that no failure is ever found: "
                f"{format_names(values)}; {describe_panels(filters)}",
                _build_tip(values),
                label,
            )


def _list_values(evidence: Evidence, metric: str, label: str) -> list[str]:
    """The values of a label, if all of them are known."""
    metric_series = evidence.metrics.get(metric)
    values = metric_series.labels.get(label) if metric_series else None
    return sorted(values.known_values) if values and not values.is_incomplete else []


def _build_tip(values: list[str]) -> str:
    """What to declare: the statuses of the library that these are, else some of one's own."""
    known_statuses = next(
        (
            statuses
            for statuses in list_library_statuses()
            if all(statuses.has_value(value) for value in values)
        ),
        None,
    )
    declaration = (
        f"these are those of {known_statuses.name}: use its convention, or declare them"
        if known_statuses
        else "say in the convention what succeeds and what fails"
    )
    return f"{declaration} in the metric's `statuses`; in a query of your own name the failures."


CHECK = Check(
    "unknown-status",
    "warning",
    "a status label whose values are of another protocol",
    __doc__,
    _check_evidence,
)
