"""Documents as they are made, stored and mutilated."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Path = tuple[str | int, ...]

SHARED_PANEL_FIELDS: Document = {
    "id": 4,
    "libraryPanel": {"meta": {"updatedBy": "ada"}, "name": "Shared", "uid": "shared"},
}
LATENCY_PANEL: Document = {
    "datasource": {"type": "prometheus", "uid": "${datasource}"},
    "description": "How long",
    "fieldConfig": {
        "defaults": {
            "decimals": 2,
            "thresholds": {
                "mode": "absolute",
                "steps": [{"color": "green"}, {"color": "red", "value": 1}],
            },
            "unit": "s",
        },
        "overrides": [],
    },
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 1},
    "id": 2,
    "options": {"legend": {"showLegend": False}},
    "pluginVersion": "12.4.0",
    "targets": [{"expr": "p99", "legendFormat": "P99", "refId": "A"}],
    "title": "P99 latency",
    "type": "timeseries",
}
INNER_PANEL: Document = {
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 11},
    "id": 5,
    "pluginVersion": "12.4.0",
    "targets": [{"expr": "up", "refId": "A"}],
    "title": "Up",
    "type": "stat",
}
ORDERS_DOCUMENT: Document = {
    "annotations": {"list": [{"enable": True, "expr": "deploys", "name": "Deploys"}]},
    "editable": True,
    "id": 17,
    "links": [{"title": "Runbook", "url": "https://example.com"}],
    "panels": [
        {"collapsed": False, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}, "id": 1, "type": "row"},
        LATENCY_PANEL,
        SHARED_PANEL_FIELDS,
        {"collapsed": True, "id": 3, "panels": [INNER_PANEL], "title": "Saturation", "type": "row"},
    ],
    "refresh": "1m",
    "schemaVersion": 42,
    "tags": ["tailboard"],
    "templating": {
        "list": [
            {
                "current": {"selected": False, "text": "Prom", "value": "prom"},
                "name": "datasource",
                "options": [{"text": "Prom", "value": "prom"}],
                "query": "prometheus",
                "type": "datasource",
            },
            {"includeAll": True, "name": "route", "query": "routes", "type": "query"},
        ]
    },
    "time": {"from": "now-1h", "to": "now"},
    "title": "Orders",
    "uid": "orders",
    "version": 3,
}
"""A document with something of everything, as a server stores it."""

INSIGNIFICANT_PATHS: set[Path] = {
    ("id",),
    ("uid",),
    ("version",),
    ("panels", 1, "pluginVersion"),
    ("panels", 2, "libraryPanel", "meta", "updatedBy"),
    ("panels", 3, "panels", 0, "pluginVersion"),
    ("templating", "list", 0, "current", "selected"),
    ("templating", "list", 0, "options", 0, "text"),
    ("templating", "list", 0, "options", 0, "value"),
}
"""Where in it nobody means anything by what stands there."""


def copy_orders() -> Document:
    """A document of one's own to change."""
    return deepcopy(ORDERS_DOCUMENT)


def walk_leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a document at which no more places are."""
    below: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in below:
        if isinstance(item, dict | list) and item:
            yield from walk_leaves(item, (*path, name))
        else:
            yield (*path, name)


def change_leaf(document: Document, path: Path) -> Document:
    """The document with something else at one place."""
    copy = deepcopy(document)
    at: Any = copy
    for name in path[:-1]:
        at = at[name]
    before = at[path[-1]]
    if isinstance(before, bool):
        at[path[-1]] = not before
    elif isinstance(before, int):
        at[path[-1]] = before + 1
    else:
        at[path[-1]] = f"{before}!"
    return copy


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)
"""Any JSON."""

_kinds: st.SearchStrategy[Any] = json_values | st.sampled_from(["row", "stat", "table", "mine"])
_units: st.SearchStrategy[Any] = json_values | st.sampled_from(["percent", "percentunit"])
_limits: st.SearchStrategy[Any] = json_values | st.sampled_from([0, 0.0, 1, 100, False, True])
_names = st.sampled_from(["a", "b", "", None, 0, True, ["a"]])
_panels: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        json_values
        | st.lists(
            json_values
            | st.fixed_dictionaries(
                {},
                optional={
                    "id": _names,
                    "title": _names,
                    "type": _kinds,
                    "gridPos": json_values,
                    "fieldConfig": json_values
                    | st.fixed_dictionaries(
                        {
                            "defaults": json_values
                            | st.fixed_dictionaries(
                                {"thresholds": _steps},
                                optional={"unit": _units, "min": _limits, "max": _limits},
                            ),
                            "overrides": json_values | st.lists(_override, max_size=2),
                        }
                    ),
                    "options": json_values,
                    "targets": json_values
                    | st.lists(
                        st.fixed_dictionaries({"refId": _names, "expr": _names, "hide": _names})
                    ),
                    "panels": _panels,
                },
            ),
            max_size=3,
        )
    )
)
_steps: st.SearchStrategy[Any] = json_values | st.fixed_dictionaries(
    {"steps": st.lists(st.fixed_dictionaries({"value": _names, "color": _names}), max_size=2)}
)
_override: st.SearchStrategy[Any] = json_values | st.fixed_dictionaries(
    {
        "properties": json_values
        | st.lists(st.fixed_dictionaries({"id": st.just("thresholds") | _names, "value": _steps}))
    }
    | {"matcher": json_values}
)
_list = json_values | st.fixed_dictionaries(
    {
        "list": json_values
        | st.lists(
            json_values
            | st.fixed_dictionaries(
                {"name": _names},
                optional={
                    "current": json_values,
                    "hide": json_values,
                    "query": _names,
                    "refresh": _limits,
                    "type": json_values | st.sampled_from(["constant", "datasource"]),
                },
            ),
            max_size=3,
        )
    }
)
mutilated_documents = st.fixed_dictionaries(
    {},
    optional={
        "uid": st.just("orders"),
        "title": json_values,
        "panels": _panels,
        "templating": _list,
        "annotations": _list,
        "tags": json_values,
        "graphTooltip": json_values,
    },
)
"""Documents in which anything may stand where something else belongs."""
