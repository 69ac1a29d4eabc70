"""A dashboard that is written in both schemas in turn, and what each version of /apis reports.

The status tells from which version a read was converted, but for that of the version that is
stored, which shows what the version before it was converted from.
"""

import copy
from collections.abc import Iterator
from typing import Any

from tests.grafana.exchange import Step

DASHBOARDS = "/apis/dashboard.grafana.app/{version}/namespaces/default/dashboards"
V1, V2, OLDEST = "v1beta1", "v2beta1", "v0alpha1"
UID = "turns"
HISTORY = "?labelSelector=grafana.app/get-history%3Dtrue&fieldSelector=metadata.name%3D" + UID

V1_SPEC: dict[str, Any] = {
    "annotations": {"list": []},
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 1,
    "links": [],
    "panels": [
        {
            "collapsed": False,
            "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0},
            "id": 3,
            "panels": [],
            "title": "Service",
            "type": "row",
        },
        {
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "fieldConfig": {"defaults": {"unit": "s"}, "overrides": []},
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 1},
            "id": 7,
            "options": {"legend": {"showLegend": True}},
            "targets": [
                {
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "expr": "up",
                    "refId": "A",
                }
            ],
            "title": "P99",
            "type": "timeseries",
        },
    ],
    "refresh": "30s",
    "schemaVersion": 42,
    "tags": ["one"],
    "templating": {
        "list": [
            {
                "current": {"selected": False, "text": "mine", "value": "mine"},
                "hide": 2,
                "name": "mark",
                "query": "mine",
                "skipUrlSync": True,
                "type": "constant",
            }
        ]
    },
    "time": {"from": "now-1h", "to": "now"},
    "timepicker": {},
    "timezone": "browser",
    "title": "In turns",
    "weekStart": "",
}

V2_SPEC: dict[str, Any] = {
    "annotations": [],
    "cursorSync": "Crosshair",
    "editable": True,
    "elements": {
        "panel-7": {
            "kind": "Panel",
            "spec": {
                "data": {
                    "kind": "QueryGroup",
                    "spec": {
                        "queries": [
                            {
                                "kind": "PanelQuery",
                                "spec": {
                                    "hidden": False,
                                    "query": {
                                        "datasource": {"name": "${datasource}"},
                                        "group": "prometheus",
                                        "kind": "DataQuery",
                                        "spec": {"expr": "up"},
                                        "version": "v0",
                                    },
                                    "refId": "A",
                                },
                            }
                        ],
                        "queryOptions": {},
                        "transformations": [],
                    },
                },
                "description": "",
                "id": 7,
                "links": [],
                "title": "P99",
                "vizConfig": {
                    "group": "timeseries",
                    "kind": "VizConfig",
                    "spec": {
                        "fieldConfig": {"defaults": {"unit": "s"}, "overrides": []},
                        "options": {"legend": {"showLegend": True}},
                    },
                    "version": "",
                },
            },
        }
    },
    "layout": {
        "kind": "TabsLayout",
        "spec": {
            "tabs": [
                {
                    "kind": "TabsLayoutTab",
                    "spec": {
                        "layout": {
                            "kind": "GridLayout",
                            "spec": {
                                "items": [
                                    {
                                        "kind": "GridLayoutItem",
                                        "spec": {
                                            "element": {
                                                "kind": "ElementReference",
                                                "name": "panel-7",
                                            },
                                            "height": 8,
                                            "width": 12,
                                            "x": 0,
                                            "y": 0,
                                        },
                                    }
                                ]
                            },
                        },
                        "title": "Service",
                    },
                }
            ]
        },
    },
    "links": [],
    "liveNow": False,
    "preload": False,
    "tags": ["one"],
    "timeSettings": {
        "autoRefresh": "30s",
        "autoRefreshIntervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
        "fiscalYearStartMonth": 0,
        "from": "now-1h",
        "hideTimepicker": False,
        "timezone": "browser",
        "to": "now",
    },
    "title": "In turns",
    "variables": [],
}


def _write_step(version: str, spec: dict[str, Any], title: str, query: str = "") -> Step:
    body = {"metadata": {"name": UID}, "spec": {**copy.deepcopy(spec), "title": title}}
    return Step("PUT", f"{DASHBOARDS.format(version=version)}/{UID}{query}", body)


def _list_status_steps() -> Iterator[Step]:
    """What each version reports, and the whole document in schema v2."""
    for version in (V1, OLDEST):
        path = f"{DASHBOARDS.format(version=version)}/{UID}"
        yield Step("GET", path, only=["status", "metadata"])
    yield Step("GET", f"{DASHBOARDS.format(version=V2)}/{UID}")


STEPS = [
    Step("POST", DASHBOARDS.format(version=V1), {"metadata": {"name": UID}, "spec": V1_SPEC}),
    *_list_status_steps(),
    _write_step(V2, V2_SPEC, "Saved in tabs"),
    *_list_status_steps(),
    _write_step(V2, V2_SPEC, "Saved in tabs"),
    _write_step(V2, V2_SPEC, "Tried", "?dryRun=All"),
    _write_step(V1, V1_SPEC, "Published again"),
    *_list_status_steps(),
    _write_step(V2, V2_SPEC, "Saved once more"),
    *_list_status_steps(),
    Step("GET", f"{DASHBOARDS.format(version=V2)}{HISTORY}"),
    Step("GET", f"/api/dashboards/uid/{UID}", only=["meta"]),
]
