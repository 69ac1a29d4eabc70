"""A label that Kubernetes' targets have themselves: the application's own is called exported_.

A ServiceMonitor's targets carry `namespace`, `pod`, `container`, `service` and `endpoint`, the name
of a port. What the application says under such a name is stored as `exported_endpoint`, and
`sum by (endpoint)` is one line called http. It is a finding where something else on the dashboard,
or in the service's rules, says that it is Kubernetes: another such label, or `exported_`.

Bad: `sum by (endpoint) (rate(requests_total{namespace="shop"}[5m]))`
Good: `sum by (exported_endpoint) (rate(requests_total{namespace="shop"}[5m]))`

In a definition: `convention=PROMETHEUS_CLIENT.evolve(labels={"endpoint": "exported_endpoint"})`.
With `honorLabels: true`, or where no ServiceMonitor or PodMonitor makes the targets, the label
keeps its name: exclude the rule and say so.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.promql_reading import Series
from tailboard.queries.subject import Query, Subject, queries

CLUSTER = {"namespace", "pod", "container"}
"""What only targets in Kubernetes are commonly told apart by."""

PORT = "endpoint"
TARGETS = {*CLUSTER, "service", PORT}
EXPORTED = "exported_"
MOST_NAMED = 3
"""One convention makes the same mistake in every panel, and is told once."""

OF_TARGETS = ("container_", "kube_", "kubelet_", "scrape_")
"""How the names begin of what the cluster says about itself; its labels are meant."""


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    asked = list(queries(subject))
    exported = {
        (it.name, label.removeprefix(EXPORTED))
        for query in asked
        for it in query.selected
        for label in _labels(it)
        if label.startswith(EXPORTED) and label.removeprefix(EXPORTED) in TARGETS
    }
    labels = {label for query in asked for it in query.selected for label in _labels(it)}
    in_cluster = bool(exported) or not CLUSTER.isdisjoint(labels)
    mistaken: dict[str, list[str]] = {}
    for query in asked if in_cluster else ():
        for label in {*_mistaken(query, exported)}:
            mistaken.setdefault(label, []).append(query.place.panel)
    for label, panels in sorted(mistaken.items()):
        named = list(dict.fromkeys(panels))
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        yield (
            f"in Kubernetes the label {label} is the target's, not the application's; it is used "
            f"by {', '.join(map(repr, named[:MOST_NAMED]))}{more}",
            f"use {EXPORTED}{label}; if honorLabels keeps its name, exclude this rule.",
            subject.place,
        )


def _mistaken(query: Query, exported: set[tuple[str, str]]) -> Iterator[str]:
    """The labels by which the application's own are meant."""
    labels = {label for it in query.selected for label in _labels(it)}
    for it in query.selected:
        if it.name == "up" or it.name.startswith(OF_TARGETS):
            continue
        if PORT in (it.by or ()) or any(_is_route(*matcher) for matcher in it.matchers):
            yield PORT
        for label in TARGETS & {*(it.by or ())}:
            if (it.name, label) in exported and f"{EXPORTED}{label}" not in labels:
                yield label


def _is_route(label: str, _: str, value: str) -> bool:
    return label == PORT and "/" in value


def _labels(it: Series) -> set[str]:
    return {*(it.by or ()), *(label for label, _, _ in it.matchers)}


RULE = LintRule(
    "kubernetes-label",
    "warning",
    "a label that Kubernetes' targets have themselves",
    __doc__,
    of_document=_of_document,
)
