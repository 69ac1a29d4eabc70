"""What a YAML document is: where in it rule groups stand, or what else it is called."""

from collections.abc import Iterator
from dataclasses import dataclass

from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.rule_files.yaml_documents import (
    Node,
    get_child,
    get_text,
    is_mapping,
    is_scalar,
    is_sequence,
    list_keys,
    read_yaml,
)
from tailboard.panels.definition_error import DefinitionError

PROMETHEUS, OPERATOR, GRAFANA = "Prometheus", "the Prometheus operator", "Grafana"

LIST_KINDS = {"List", "PrometheusRuleList"}

GRAFANA_PROVISIONING = {
    "providers": "a dashboard provider of Grafana",
    "datasources": "data sources of Grafana",
    "contactPoints": "contact points of Grafana",
    "policies": "notification policies of Grafana",
    "muteTimes": "mute timings of Grafana",
    "templates": "notification templates of Grafana",
    "deleteRules": "Grafana's list of rules to delete",
    "deleteDatasources": "data sources of Grafana",
    "apps": "plugins of Grafana",
}
"""What else a file with `apiVersion: 1` provisions, by its keys."""

OTHER_FILES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"tests", "rule_files"}), "a unit test of promtool"),
    (frozenset({"scrape_configs"}), "a configuration of Prometheus"),
    (frozenset({"rule_files"}), "a configuration of Prometheus"),
    (frozenset({"route", "receivers"}), "a configuration of Alertmanager"),
    (frozenset({"slos", "version"}), "a specification of sloth"),
    (frozenset({"services"}), "a Compose file"),
    (frozenset({"jobs", "on"}), "a workflow of GitHub"),
)
"""Other files that lie beside rule files, by the keys that they have."""


MAX_STRAY_FIELDS = 3
"""How many fields a rule file has at most whose groups hold no rules."""


@dataclass(frozen=True)
class Manifest:
    """One document that holds rules: the mapping with `groups`, its name, and who loads it."""

    node: Node
    name: str
    loader: str = PROMETHEUS


class OtherFileError(DefinitionError):
    """A file that is in order, and neither a rule file nor a dashboard."""


def list_manifests(root: Node, name: str) -> Iterator[Manifest]:
    """The documents with rules in one YAML document; `name` is the file's.

    Raises `OtherFileError` where it is something else.
    """
    kind = get_text(root, "kind")
    if kind in LIST_KINDS:
        yield from _list_items(root, name)
    elif kind == "PrometheusRule":
        yield Manifest(_get_spec(root), get_text(root, "metadata", "name") or name, OPERATOR)
    elif kind == "ConfigMap":
        yield from _list_config_map(root, get_text(root, "metadata", "name") or name)
    elif "groups" not in list_keys(root) or kind or _has_other_groups(root):
        raise OtherFileError(
            describe_document(root), tip="name a rule file of Prometheus, or a definition."
        )
    else:
        yield Manifest(root, name, GRAFANA if "apiVersion" in list_keys(root) else PROMETHEUS)


def describe_document(root: Node) -> str:
    """Why there is nothing to look at in a document."""
    if not is_mapping(root):
        return "it has no rule groups"
    keys, kind = list_keys(root), get_text(root, "kind")
    description = f"the {kind} of a Kubernetes API" if kind and "apiVersion" in keys else ""
    if not description and "apiVersion" in keys:
        description = next((text for key, text in GRAFANA_PROVISIONING.items() if key in keys), "")
    if not description:
        description = next((text for names, text in OTHER_FILES if names <= keys), "")
    return (
        f"it is {description}, and has no rule groups" if description else "it has no rule groups"
    )


def _has_other_groups(root: Node) -> bool:
    """Whether the groups of a file are no rules': none has any, and there is much else."""
    groups = get_child(root, "groups")
    items = groups.value if groups is not None and is_sequence(groups) else []
    is_without_rules = all("rules" not in list_keys(item) for item in items)
    return is_without_rules and len(list_keys(root)) > MAX_STRAY_FIELDS


def _get_spec(root: Node) -> Node:
    spec = get_child(root, "spec")
    if spec is None or not is_mapping(spec):
        raise DefinitionError(
            "the PrometheusRule has no spec", tip="its groups stand below spec: groups."
        )
    return spec


def _list_items(root: Node, name: str) -> Iterator[Manifest]:
    """The rules of the items that have some."""
    items = get_child(root, "items")
    others: list[OtherFileError] = []
    is_empty = True
    for item in items.value if items is not None and is_sequence(items) else ():
        try:
            for manifest in list_manifests(item, name):
                is_empty = False
                yield manifest
        except OtherFileError as error:
            others.append(error)
    if is_empty:
        raise (
            others[0]
            if others
            else OtherFileError(
                "the list has no rule groups",
                tip="name a rule file of Prometheus, or a definition.",
            )
        )


def _list_config_map(root: Node, name: str) -> Iterator[Manifest]:
    """The rule files that a ConfigMap carries."""
    data = get_child(root, "data")
    is_empty = True
    for key, value in data.value if data is not None and is_mapping(data) else ():
        if is_scalar(key) and is_scalar(value) and key.value.endswith(RULE_FILE_SUFFIXES):
            roots, _ = read_yaml(str(value.value).encode())
            if roots and "groups" in list_keys(roots[0]):
                is_empty = False
                yield Manifest(roots[0], str(key.value))
    if is_empty:
        raise OtherFileError(
            "it is a ConfigMap without rule files",
            tip="name a rule file of Prometheus, or a definition.",
        )
