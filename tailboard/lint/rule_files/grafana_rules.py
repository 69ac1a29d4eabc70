"""Grafana-managed alert rules, as its provisioning files have them: their PromQL, one by one.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

from collections.abc import Iterator
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.rule_files.yaml_documents import (
    Node,
    get_child,
    get_text,
    is_mapping,
    is_scalar,
    is_sequence,
)
from tailboard.queries.subject import GRAFANA_RULE, JsonMapping, Query, Subject, build_query

EXPRESSION_SOURCES = {"__expr__", "-100"}
"""The uids of Grafana's own expressions, which are no queries."""


def build_grafana_subject(root: Node, name: str, source: str) -> Subject:
    """The queries of all rules; each rule's first query stands for the rule."""
    place = Place(source, name)
    rules = [
        pair
        for group in _list_items(get_child(root, "groups"))
        for rule in _list_items(get_child(group, "rules"))
        for pair in _build_rule(rule, place)
    ]
    return Subject(place, {"groups": [], "apiVersion": "1"}, rules=tuple(rules))


def _build_rule(rule: Node, place: Place) -> Iterator[tuple[Query, JsonMapping]]:
    title = get_text(rule, "title") or "rule"
    content: dict[str, Any] = {
        "alert": title,
        GRAFANA_RULE: title,
        "for": get_text(rule, "for"),
        "labels": _read_texts(get_child(rule, "labels")),
        "annotations": _read_texts(get_child(rule, "annotations")),
    }
    if get_child(rule, "record") is not None:
        del content["alert"]
    for query in _list_items(get_child(rule, "data")):
        expression = get_text(query, "model", "expr")
        if not expression.strip() or not is_prometheus_query(query):
            continue
        query_place = Place(place.source, place.dashboard, title, get_text(query, "refId"))
        yield build_query(query_place, expression, content), content
        content = {GRAFANA_RULE: title}


def is_prometheus_query(query: Node) -> bool:
    """Whether one entry of a rule's `data` asks a Prometheus."""
    if get_text(query, "datasourceUid") in EXPRESSION_SOURCES:
        return False
    return get_text(query, "model", "datasource", "type") in {"", "prometheus"}


def _list_items(node: Node | None) -> list[Node]:
    return list(node.value) if node is not None and is_sequence(node) else []


def _read_texts(node: Node | None) -> dict[str, str]:
    """Labels or annotations; what is no text is left out."""
    if node is None or not is_mapping(node):
        return {}
    return {
        str(key.value): str(value.value)
        for key, value in node.value
        if is_scalar(key) and is_scalar(value)
    }
