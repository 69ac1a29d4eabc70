"""Dashboards as grafanalib's own examples are written build unchanged.

grafanalib's releases leave its tests and examples out, and nothing of them is copied here: the
dashboards below use the same classes in the same way. Who has a checkout of grafanalib can build
the examples themselves: GRAFANALIB_CHECKOUT=../grafanalib pytest tests/dashboards
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from grafanalib.core import (
    NULL_AS_NULL,
    OPS_FORMAT,
    SECONDS_FORMAT,
    SHORT_FORMAT,
    Dashboard,
    GaugePanel,
    Graph,
    GridPos,
    Legend,
    Row,
    RowPanel,
    SqlTarget,
    Target,
    Template,
    Templating,
    TimeSeries,
    YAxes,
    YAxis,
    single_y_axis,
)
from grafanalib.elasticsearch import (
    DateHistogramGroupBy,
    ElasticsearchTarget,
    Filter,
    FiltersGroupBy,
    MaxMetricAgg,
)

from tailboard.dashboards import build_document, encode_document
from tests.dashboards.sample_dashboards import Json, find_panel, walk_panels


def build_placed_panels() -> Dashboard:
    """Panels with coordinates, data sources by name, numbered by grafanalib."""
    return Dashboard(
        title="Queue of orders",
        description="How long orders wait",
        tags=["orders"],
        timezone="browser",
        panels=[
            TimeSeries(
                title="Waiting",
                dataSource="default",
                targets=[Target(datasource="grafana", expr="queue_length")],
                gridPos=GridPos(h=8, w=16, x=0, y=0),
            ),
            GaugePanel(
                title="Waiting now",
                dataSource="default",
                targets=[Target(datasource="grafana", expr="queue_length")],
                gridPos=GridPos(h=4, w=4, x=17, y=0),
            ),
            TimeSeries(
                title="Taken",
                dataSource="prometheus",
                targets=[
                    Target(expr="rate(taken_total[5m])", legendFormat="{{ worker }}", refId="A")
                ],
                unit=OPS_FORMAT,
                gridPos=GridPos(h=8, w=16, x=0, y=10),
            ),
        ],
    ).auto_panel_ids()


def build_elasticsearch_graph() -> Dashboard:
    """A graph in a row, with queries that are no PromQL and series with looks of their own."""
    filters = [Filter(query="status: [200 TO 299]", label="good"), Filter(query="*", label="all")]
    queries = [
        ElasticsearchTarget(
            query='path: "/orders"',
            bucketAggs=[FiltersGroupBy(filters=filters), DateHistogramGroupBy(interval="10m")],
        ).auto_bucket_agg_ids(),
        ElasticsearchTarget(
            query='path: "/orders"', metricAggs=[MaxMetricAgg(field="took")], alias="slowest"
        ).auto_bucket_agg_ids(),
    ]
    graph = Graph(
        title="Orders",
        dataSource="elasticsearch",
        targets=queries,
        lines=False,
        legend=Legend(alignAsTable=True, rightSide=True, total=True, current=True, max=True),
        lineWidth=1,
        nullPointMode=NULL_AS_NULL,
        seriesOverrides=[
            {
                "alias": "good",
                "bars": True,
                "lines": False,
                "stack": "A",
                "yaxis": 1,
                "color": "#629E51",
            },
            {
                "alias": "slowest",
                "lines": True,
                "fill": 0,
                "nullPointMode": "connected",
                "steppedLine": True,
                "yaxis": 2,
                "color": "#447EBC",
            },
        ],
        yAxes=YAxes(
            YAxis(label="Orders", format=SHORT_FORMAT, decimals=0),
            YAxis(label="Took", format=SECONDS_FORMAT, decimals=2),
        ),
        transparent=True,
        span=12,
    )
    return Dashboard(title="Orders", rows=[Row(panels=[graph])])


def build_sql_graph() -> Dashboard:
    """A heading and a graph of SQL, both placed by hand."""
    query = 'SELECT date AS "time", price FROM orders WHERE $__timeFilter("time")'
    return Dashboard(
        title="Orders in the database",
        panels=[
            RowPanel(title="Orders", gridPos=GridPos(h=1, w=24, x=0, y=8)),
            Graph(
                title="Prices",
                dataSource="Orders database",
                targets=[SqlTarget(rawSql=query, refId="A")],
                yAxes=YAxes(YAxis(format=OPS_FORMAT), YAxis(format=SHORT_FORMAT)),
                gridPos=GridPos(h=8, w=24, x=0, y=9),
            ),
        ],
    ).auto_panel_ids()


def build_listed_rows() -> Dashboard:
    """Rows that are appended to, one with a shown title and one without, and a variable."""
    template = Template(
        default="",
        dataSource="default",
        name="worker",
        label="Worker",
        query="label_values(worker)",
    )
    dashboard = Dashboard(title="Workers", templating=Templating(list=[template]))
    dashboard.rows.append(Row(title="Workers", showTitle=True))
    dashboard.rows.append(Row(title="", showTitle=False))
    for title in ("By worker", "By queue"):
        graph = Graph(
            title=title,
            dataSource="default",
            maxDataPoints=1000,
            legend=Legend(
                show=True,
                alignAsTable=True,
                min=True,
                max=True,
                avg=True,
                current=True,
                total=True,
                sort="max",
                sortDesc=True,
            ),
            yAxes=single_y_axis(),
        )
        for name in "AB":
            graph.targets.append(
                Target(expr=f'taken{{worker="$worker",part="{name}"}}', refId=name)
            )
        dashboard.rows[-1].panels.append(graph)
    return dashboard.auto_panel_ids()


EXAMPLE_BUILDERS = [
    build_placed_panels,
    build_elasticsearch_graph,
    build_sql_graph,
    build_listed_rows,
]


def check_document(result: Json) -> None:
    """What every document is."""
    assert build_document(result) == result
    assert encode_document(result) == encode_document(build_document(result))
    assert result["schemaVersion"] == 42
    for panel in walk_panels(result["panels"]):
        assert panel["type"] != "graph"
        assert isinstance(panel.get("datasource", {}), dict), panel["title"]
        assert all(target["refId"] for target in panel.get("targets", []))
        assert all(
            isinstance(target.get("datasource", {}), dict) for target in panel.get("targets", [])
        )


@pytest.mark.parametrize("dashboard", EXAMPLE_BUILDERS)
def test_a_dashboard_like_grafanalibs_examples_builds(dashboard: Callable[[], Dashboard]) -> None:
    check_document(build_document(dashboard()))


def test_placed_panels_keep_their_places_and_numbers() -> None:
    document = build_document(build_placed_panels())
    assert [(panel["title"], panel["id"], panel["gridPos"]) for panel in document["panels"]] == [
        ("Waiting", 1, {"h": 8, "w": 16, "x": 0, "y": 0}),
        ("Waiting now", 2, {"h": 4, "w": 4, "x": 17, "y": 0}),
        ("Taken", 3, {"h": 8, "w": 16, "x": 0, "y": 10}),
    ]
    assert document["tags"] == ["orders", "tailboard"]
    assert document["description"] == "How long orders wait"


def test_queries_of_elasticsearch_keep_what_they_ask() -> None:
    (panel,) = build_document(build_elasticsearch_graph())["panels"]
    assert panel["datasource"] == {"uid": "elasticsearch"}
    first, second = panel["targets"]
    assert [aggregation["type"] for aggregation in first["bucketAggs"]] == [
        "filters",
        "date_histogram",
    ]
    assert first["query"] == second["query"] == 'path: "/orders"'
    assert second["metrics"][0]["type"] == "max"
    assert second["alias"] == "slowest"


def test_series_of_elasticsearch_keep_their_looks() -> None:
    (panel,) = build_document(build_elasticsearch_graph())["panels"]
    looks = {
        rule["matcher"]["options"]: {option["id"]: option["value"] for option in rule["properties"]}
        for rule in panel["fieldConfig"]["overrides"]
    }
    assert looks == {
        "good": {
            "color": {"fixedColor": "#629E51", "mode": "fixed"},
            "custom.drawStyle": "bars",
            "custom.stacking": {"group": "A", "mode": "normal"},
        },
        "slowest": {
            "color": {"fixedColor": "#447EBC", "mode": "fixed"},
            "custom.axisLabel": "Took",
            "custom.axisPlacement": "right",
            "custom.fillOpacity": 0,
            "custom.lineInterpolation": "stepAfter",
            "custom.spanNulls": True,
            "decimals": 2,
            "unit": "s",
        },
    }


def test_queries_of_sql_keep_what_they_ask() -> None:
    document = build_document(build_sql_graph())
    assert find_panel(document, "Orders")["gridPos"] == {"h": 1, "w": 24, "x": 0, "y": 8}
    panel = find_panel(document, "Prices")
    assert panel["datasource"] == {"uid": "Orders database"}
    assert panel["targets"][0]["rawSql"].startswith('SELECT date AS "time"')
    assert panel["targets"][0]["rawQuery"] is True


def test_rows_from_a_list_keep_their_panels() -> None:
    document = build_document(build_listed_rows())
    assert [panel["title"] for panel in document["panels"]] == ["Workers", "By worker", "By queue"]
    assert document["panels"][1]["maxDataPoints"] == 1000
    assert [target["refId"] for target in document["panels"][1]["targets"]] == ["A", "B"]


def list_examples() -> list[Path]:
    """The examples of a checkout that declare a dashboard."""
    checkout = os.environ.get("GRAFANALIB_CHECKOUT")
    if not checkout:
        pytest.skip("grafanalib's releases have no examples: set GRAFANALIB_CHECKOUT to a checkout")
    folder = Path(checkout) / "grafanalib" / "tests" / "examples"
    paths = [path for path in sorted(folder.glob("*.py")) if "\ndashboard = " in path.read_text()]
    assert len(paths) >= 2, f"no examples in {folder}"
    return paths


def test_the_examples_of_a_checkout_build() -> None:
    for path in list_examples():
        spec = importlib.util.spec_from_file_location(path.stem.replace(".", "_"), path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        check_document(build_document(module.dashboard))
