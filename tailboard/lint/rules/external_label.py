"""A rule that selects by an external label: Prometheus adds it when it sends, and stores none.

External labels tell servers apart in Thanos, Mimir and Alertmanager. In the server's own storage no
series has them: a selector with one chooses nothing. What is known of them are the names that the
operator and the usual setups give: `prometheus_replica`, `__replica__`, `replica_name` and
`prometheus`, whose value is the namespace and the name of a server.

Bad: `sum(rate(errors_total{prometheus_replica="k8s-0"}[5m])) > 1`
Good: `sum(rate(errors_total[5m])) > 1`

Exclude it where the rules are evaluated by Thanos' ruler or Mimir.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Query, Subject

REPLICA_LABELS = {"__replica__", "prometheus_replica", "replica_name"}
SERVER_LABEL = "prometheus"


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for query, _ in subject.rules:
        if query.is_in_rule and not query.is_in_grafana_rule:
            for label in sorted(_find_external_labels(query)):
                yield (
                    f"{label} is an external label, which no series has where rules are evaluated",
                    "take the matcher away.",
                    query.place,
                )


def _find_external_labels(query: Query) -> set[str]:
    return {
        label
        for selector in query.selectors
        for label, op, value in selector.matchers
        if op in {"=", "=~"} and value and (label in REPLICA_LABELS or _is_server(label, value))
    }


def _is_server(label: str, value: str) -> bool:
    return label == SERVER_LABEL and "/" in value


RULE = LintRule(
    "external-label",
    "warning",
    "a rule that selects by an external label",
    __doc__,
    check_document=_check_document,
)
