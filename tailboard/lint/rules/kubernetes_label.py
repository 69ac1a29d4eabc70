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
from tailboard.lint.engine import LintRule
from tailboard.queries.parser.promql import Selector
from tailboard.queries.subject import Query, Subject, list_queries

CLUSTER_LABELS = {"namespace", "pod", "container"}
"""Labels that only targets in Kubernetes commonly have."""

PORT_LABEL = "endpoint"
TARGET_LABELS = {*CLUSTER_LABELS, "service", PORT_LABEL}
EXPORTED_PREFIX = "exported_"
MAX_NAMES = 3
"""One convention makes the same mistake in every panel, and is reported once."""

CLUSTER_PREFIXES = ("container_", "kube_", "kubelet_", "scrape_")
"""How the names begin of what the cluster says about itself; its labels are meant."""


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    subject_queries = list(list_queries(subject))
    name_labels = {
        (selector.name, label)
        for query in subject_queries
        for selector in query.selectors
        for label in _list_labels(selector)
    }
    exported_labels = {
        (name, label.removeprefix(EXPORTED_PREFIX))
        for name, label in name_labels
        if label.startswith(EXPORTED_PREFIX)
        and label.removeprefix(EXPORTED_PREFIX) in TARGET_LABELS
    }
    labels = {label for _, label in name_labels}
    is_in_cluster = bool(exported_labels) or not CLUSTER_LABELS.isdisjoint(labels)
    panels_by_label: dict[str, list[str]] = {}
    for query in subject_queries if is_in_cluster else ():
        for label in {*_find_mistaken_labels(query, exported_labels)}:
            panels_by_label.setdefault(label, []).append(query.place.panel)
    for label, panels in sorted(panels_by_label.items()):
        names = list(dict.fromkeys(panels))
        suffix = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        yield (
            f"in Kubernetes the label {label} is the target's, not the application's; it is used "
            f"by {', '.join(map(repr, names[:MAX_NAMES]))}{suffix}",
            f"use {EXPORTED_PREFIX}{label}; if honorLabels keeps its name, exclude this rule.",
            subject.place,
        )


def _find_mistaken_labels(query: Query, exported_labels: set[tuple[str, str]]) -> Iterator[str]:
    """The labels by which the application's own are meant."""
    labels = {label for selector in query.selectors for label in _list_labels(selector)}
    for selector in query.selectors:
        if selector.name == "up" or selector.name.startswith(CLUSTER_PREFIXES):
            continue
        if PORT_LABEL in (selector.by_labels or ()) or any(
            _is_route(*matcher) for matcher in selector.matchers
        ):
            yield PORT_LABEL
        for label in TARGET_LABELS & {*(selector.by_labels or ())}:
            if (
                selector.name,
                label,
            ) in exported_labels and f"{EXPORTED_PREFIX}{label}" not in labels:
                yield label


def _is_route(label: str, _: str, value: str) -> bool:
    return label == PORT_LABEL and "/" in value


def _list_labels(selector: Selector) -> set[str]:
    return {*(selector.by_labels or ()), *(label for label, _, _ in selector.matchers)}


RULE = LintRule(
    "kubernetes-label",
    "warning",
    "a label that Kubernetes' targets have themselves",
    __doc__,
    check_document=_check_document,
)
