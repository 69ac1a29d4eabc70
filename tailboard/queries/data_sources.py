"""Which kind of data source something asks, where a document says so.

A reference may be an object with a type, the name or uid alone, or a variable. Grafana's exports
declare variables of their own in `__inputs`.
"""

import re
from collections.abc import Mapping
from typing import Any

from tailboard.panels.lazy_pattern import declare_pattern

PROMQL_KINDS = {
    *("", "prometheus", "grafana-amazonprometheus-datasource"),
    "grafana-azureprometheus-datasource",
}
"""The kinds that read PromQL; what nothing says is taken for one of them."""

KIND_NAMES = {
    "loki": "loki",
    "cloudwatch": "cloudwatch",
    "elasticsearch": "elasticsearch",
    "opensearch": "grafana-opensearch-datasource",
    "influx": "influxdb",
    "graphite": "graphite",
    "tempo": "tempo",
    "jaeger": "jaeger",
    "zipkin": "zipkin",
    "pyroscope": "grafana-pyroscope-datasource",
    "postgres": "grafana-postgresql-datasource",
    "mysql": "mysql",
    "mssql": "mssql",
    "clickhouse": "grafana-clickhouse-datasource",
    "bigquery": "grafana-bigquery-datasource",
    "azure": "grafana-azure-monitor-datasource",
    "stackdriver": "stackdriver",
    "testdata": "grafana-testdata-datasource",
}
"""The kinds of data sources by a word of the names that people give them."""

KIND_WORD = declare_pattern(rf"(?<![a-z])({'|'.join(KIND_NAMES)})", re.IGNORECASE)
VARIABLE = declare_pattern(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]")

LOG_PANELS = {"flamegraph", "logs", "nodeGraph", "traces"}
"""Panels that Prometheus never feeds."""


def list_source_kinds(document: Mapping[str, Any]) -> dict[str, str]:
    """The kinds that a document's variables and `__inputs` of data sources choose among."""
    kinds: dict[str, str] = {}
    templating = document.get("templating")
    variables = templating.get("list") if isinstance(templating, Mapping) else None
    for variable in variables if isinstance(variables, list) else ():
        if isinstance(variable, Mapping) and variable.get("type") == "datasource":
            kinds[str(variable.get("name"))] = str(variable.get("query") or "")
    inputs = document.get("__inputs")
    for entry in inputs if isinstance(inputs, list) else ():
        if isinstance(entry, Mapping) and entry.get("type") == "datasource":
            kinds[str(entry.get("name"))] = str(entry.get("pluginId") or "")
    return kinds


def find_source_kind(source: Any, kinds: Mapping[str, str]) -> str:
    """The kind of a data source; empty where nothing says it."""
    if isinstance(source, Mapping):
        kind = source.get("type")
        if isinstance(kind, str) and kind:
            return kind
        source = source.get("uid")
    if not isinstance(source, str):
        return ""
    if match := VARIABLE.fullmatch(source):
        return kinds.get(match[1] or match[2] or match[3], "")
    return find_kind_in_name(source)


def find_kind_in_name(name: str) -> str:
    """The kind that a name says, of a data source that is called Loki for example."""
    match = KIND_WORD.search(name)
    return KIND_NAMES[match[1].lower()] if match else ""


def is_prometheus_source(source: Any, kinds: Mapping[str, str]) -> bool:
    """Whether a data source may be a Prometheus."""
    return find_source_kind(source, kinds) in PROMQL_KINDS
