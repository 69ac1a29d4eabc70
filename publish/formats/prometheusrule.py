"""The rules as a custom resource of the Prometheus operator.

https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tailboard.publish.formats.format import File, Format, FormatOptions
from tailboard.publish.formats.yaml_text import render_yaml

if TYPE_CHECKING:
    from tailboard.alerts import RuleSet

SELECTOR_LABELS = {"prometheus": "k8s", "role": "alert-rules"}
"""The labels that the Prometheus of kube-prometheus selects."""

SELECTOR_NOTES = (
    "The operator takes it if the labels are those of your Prometheus' spec.ruleSelector.",
    "keep_firing_for needs Prometheus 2.42; older operators drop it.",
)


def _build_files(rules: "RuleSet", options: FormatOptions) -> Iterator[File]:
    from tailboard.alerts.groups import build_groups

    name = f"tailboard-{rules.slug}"
    labels = {"app.kubernetes.io/managed-by": "tailboard", **SELECTOR_LABELS}
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "labels": labels},
        "spec": {"groups": build_groups(rules, options.addresses)},
    }
    path = PurePosixPath("kubernetes", f"{rules.slug}.prometheusrule.yaml")
    yield File(path, render_yaml(resource, notes=[*SELECTOR_NOTES, *rules.notes]))


FORMAT = Format(
    "prometheusrule",
    "the rules as a PrometheusRule, for Kubernetes",
    rule_files=_build_files,
    has_alerts=True,
)
