"""The variables of a dashboard: data source, job, instance, route.

What a service needs is imported for those of services, since many dashboards are of none.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tailboard.dashboards.data_source import PROMETHEUS, datasource

if TYPE_CHECKING:
    from tailboard.panels.service import Service

ALL_VALUES = ".*"

__all__ = ["datasource", "instance", "job", "label_values", "route"]


def label_values(
    name: str,
    series: str,
    label: str,
    *,
    title: str | None = "",
    every: bool = True,
    multiple: bool = True,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A variable of the values of a label on some series; several can be selected, or all.

    All is the regular expression `.*`, which matches series without the label too. The title is
    the name, capitalized, if it is empty; where it is None, Grafana shows the name. `extra` holds
    further fields of the variable's JSON, such as `hide` or `regex`.
    """
    return {
        **({"allValue": ALL_VALUES, "includeAll": True} if every else {}),
        "datasource": dict(PROMETHEUS),
        "definition": f"label_values({series}, {label})",
        **({} if title is None else {"label": title or name.capitalize()}),
        **({"multi": True} if multiple else {}),
        "name": name,
        "query": {
            "qryType": 1,
            "query": f"label_values({series}, {label})",
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "refresh": 2,
        "sort": 1,
        "type": "query",
        **(extra or {}),
    }


def job(service: "Service") -> dict[str, Any]:
    """The jobs that expose the first metric of the service's convention."""
    from tailboard.panels import promql
    from tailboard.panels.matcher import build_matchers
    from tailboard.panels.selection import Selection

    metric = next(iter(service.convention.metrics.values()))
    metric_matchers = build_matchers({**service.convention.matchers, **metric.matchers})
    return label_values(
        "job",
        promql.select_label_sets(Selection(metric, metric_matchers, service.histograms)),
        "job",
    )


def instance(service: "Service") -> dict[str, Any]:
    """The instances of a service."""
    from tailboard.panels import promql

    return label_values(
        "instance", promql.select_series(service.select_up("variables.instance")), "instance"
    )


def route(service: "Service") -> dict[str, Any]:
    """The routes of a service, except for scrapes and health checks."""
    from tailboard.panels import promql
    from tailboard.panels.concept import REQUESTS
    from tailboard.panels.metric import Role

    request_selection = service.select_concept(REQUESTS, "variables.route")
    label = request_selection.resolve_label(Role.ROUTE, "variables.route")
    return label_values("route", promql.select_label_sets(request_selection), label)
