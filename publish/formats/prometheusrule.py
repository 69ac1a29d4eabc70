"""The rules as a custom resource of the Prometheus operator.

https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tailboard.alerts import RuleSet
from tailboard.alerts.groups import groups
from tailboard.publish.formats.format import File, Format, Surroundings
from tailboard.publish.formats.yaml_text import yaml_text

SELECTED_BY = {"prometheus": "k8s", "role": "alert-rules"}
"""What kube-prometheus' Prometheus looks for."""

SELECTED = (
    "The operator takes it if the labels are those of your Prometheus' spec.ruleSelector.",
    "keep_firing_for needs Prometheus 2.42; older operators drop it.",
)


def _files(rules: RuleSet, surroundings: Surroundings) -> Iterator[File]:
    name = f"tailboard-{rules.slug}"
    labels = {
        "app.kubernetes.io/managed-by": "tailboard",
        "prometheus": "k8s",
        "role": "alert-rules",
    }
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "labels": labels},
        "spec": {"groups": groups(rules, surroundings.addresses)},
    }
    path = PurePosixPath("kubernetes", f"{rules.slug}.prometheusrule.yaml")
    yield File(path, yaml_text(resource, notes=[*SELECTED, *rules.notes]))


FORMAT = Format("prometheusrule", "the rules as a PrometheusRule, for Kubernetes", per_rules=_files)
