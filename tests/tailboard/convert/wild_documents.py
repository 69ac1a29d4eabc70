"""Documents as teams have them: every age, every oddity that was met in public ones."""

import json
from pathlib import Path
from typing import Any

from tests.dashboards.sample_dashboards import EXPORT

Document = dict[str, Any]

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
DATASOURCE_VARIABLE = {"name": "datasource", "query": "prometheus", "type": "datasource"}
SAVED = (
    Path(__file__).parents[2] / "publish" / "grafana" / "documents" / "saved_in_the_browser.json"
)


def build_panel(title: str = "CPU", kind: str = "timeseries", **fields: Any) -> Document:
    """A panel with one query."""
    return {
        "datasource": dict(PROMETHEUS),
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "targets": [{"expr": "up", "legendFormat": "{{pod}}", "refId": "A"}],
        "title": title,
        "type": kind,
        **fields,
    }


def build_document(*panels: Document, **fields: Any) -> Document:
    """The JSON of a dashboard as Grafana 12 stores it."""
    return {
        "panels": [*panels],
        "schemaVersion": 42,
        "templating": {"list": [dict(DATASOURCE_VARIABLE)]},
        "time": {"from": "now-6h", "to": "now"},
        "title": "Shop",
        "uid": "shop",
        **fields,
    }


def place(x: int, y: int, width: int = 12, height: int = 8) -> Document:
    return {"h": height, "w": width, "x": x, "y": y}


NASTY_TEXTS = (
    "it's \"quoted\" and 'quoted'",
    "two\nlines\n",
    "{{pod}} {braces} {0} %s ${var} [[old]]",
    '"""; import os  #',
    "\\ back \\n slash",
    "# comment",
    "消费者与Topic",
    "na\u00efve caf\u00e9 \u2028 separator",
    "class",
    "None",
    "1st",
    "  spaces  ",
    "\t\x1b[31mred",
    "dashboard",
)

WILD_DOCUMENTS: dict[str, Document] = {
    "exported": json.loads(EXPORT.read_text()),
    "saved in the browser": json.loads(SAVED.read_text())["after"],
    "empty": build_document(),
    "every nasty text": build_document(
        *(
            build_panel(
                text,
                description=text,
                gridPos=place(0, 8 * index),
                targets=[{"expr": f"up{{a={json.dumps(text)}}}", "legendFormat": text}],
            )
            for index, text in enumerate(NASTY_TEXTS)
        ),
        title=NASTY_TEXTS[0],
        description=NASTY_TEXTS[3],
    ),
    "two of one title": build_document(build_panel(), build_panel(gridPos=place(12, 0))),
    "Grafana 4": {
        "rows": [
            {
                "collapse": False,
                "height": "250px",
                "panels": [
                    {
                        "id": 1,
                        "span": 6,
                        "targets": [{"expr": "up", "intervalFactor": 2, "step": 10}],
                        "title": "Old",
                        "type": "graph",
                        "yaxes": [{"format": "bytes"}, {"format": "short"}],
                    },
                    {
                        "colors": ["green", "orange", "red"],
                        "colorValue": True,
                        "format": "percent",
                        "id": 2,
                        "span": 6,
                        "targets": [{"expr": "up"}],
                        "thresholds": "50,80",
                        "title": "Single",
                        "type": "singlestat",
                    },
                ],
                "showTitle": True,
                "title": "Row of Grafana 4",
            }
        ],
        "schemaVersion": 12,
        "title": "Old",
    },
    "library panel": build_document(
        {
            "gridPos": place(0, 0),
            "id": 4,
            "libraryPanel": {"name": "Shared", "uid": "shared"},
            "title": "Shared",
        }
    ),
    "plugin": build_document(
        build_panel("Flow", "agenty-flowcharting-panel", flowcharts={"a": [1, None, 2.5]})
    ),
    "other languages": build_document(
        build_panel(
            "Logs",
            "logs",
            datasource={"type": "loki", "uid": "l"},
            targets=[{"expr": '{app="x"} |= `y`', "refId": "A"}],
        ),
        build_panel(
            "Mixed",
            datasource={"type": "datasource", "uid": "-- Mixed --"},
            gridPos=place(12, 0),
            targets=[
                {"datasource": dict(PROMETHEUS), "expr": "up", "refId": "P"},
                {
                    "datasource": {"type": "postgres", "uid": "pg"},
                    "format": "table",
                    "rawSql": "SELECT 1 -- 'x'",
                    "refId": "S",
                },
            ],
        ),
        build_panel(
            "Of another panel",
            datasource={"type": "datasource", "uid": "-- Dashboard --"},
            gridPos=place(0, 8),
            targets=[{"panelId": 7, "refId": "A"}],
        ),
        build_panel("Read by it", gridPos=place(12, 8), id=7),
    ),
    "rows": build_document(
        build_panel("Above"),
        {"collapsed": False, "gridPos": place(0, 8, 24, 1), "panels": [], "type": "row"},
        build_panel("In it", gridPos=place(0, 9)),
        {
            "collapsed": True,
            "gridPos": place(0, 17, 24, 1),
            "panels": [build_panel("Hidden", gridPos=place(3, 18, 5, 4))],
            "repeat": "pod",
            "title": "Closed",
            "type": "row",
        },
        build_panel("Below a closed row", gridPos=place(6, 30)),
    ),
    "look": build_document(
        build_panel(
            "Look",
            fieldConfig={
                "defaults": {
                    "custom": {"fillOpacity": 10, "stacking": {"group": "A", "mode": "normal"}},
                    "mappings": [
                        {"options": {"match": "null", "result": {"text": "-"}}, "type": "special"}
                    ],
                    "max": 1.5,
                    "thresholds": {
                        "mode": "percentage",
                        "steps": [{"color": "blue", "value": None}, {"color": "red", "value": 0.5}],
                    },
                    "unit": "percentunit",
                },
                "overrides": [
                    {
                        "matcher": {"id": "byRegexp", "options": "/5../"},
                        "properties": [{"id": "color", "value": {"fixedColor": "red"}}],
                    }
                ],
            },
            interval="",
            maxDataPoints=100,
            transformations=[{"id": "merge", "options": {}}],
            targets=[
                {"expr": "up", "instant": True, "legendFormat": "__auto", "refId": "A"},
                {"expr": "(up)", "hide": True, "refId": "B"},
            ],
        ),
        annotations={"list": [{"enable": True, "expr": "x", "iconColor": "red", "name": "n"}]},
        editable=False,
        graphTooltip=2,
        links=[{"tags": ["a"], "title": "Menu", "type": "dashboards"}],
        refresh=False,
        time={"from": "2020-01-01", "to": "2020-02-01"},
        timezone="utc",
        schemaVersion=27,
    ),
    "fixed data source": build_document(
        build_panel(datasource={"type": "prometheus", "uid": "P1809F7CD0C75ACF3"}),
        templating={"list": []},
    ),
    "two hundred panels": build_document(
        *(
            build_panel(
                f"Panel {index % 50}", gridPos=place(6 * (index % 4), 5 * (index // 4), 6, 5)
            )
            for index in range(200)
        )
    ),
}
