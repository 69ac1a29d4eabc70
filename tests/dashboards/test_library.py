"""The ready dashboards, for every convention: of one service, and of every service of it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from tailboard.dashboards import Dashboard, annotations, build_document
from tailboard.dashboards import library as library_package
from tailboard.dashboards.library import LIBRARY, SERVICE_DASHBOARDS, build_library, business, fleet
from tailboard.panels import Objectives, Service, every_service, promql
from tailboard.panels.concept import CPU, DURATION, MEMORY, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    CELERY_EXPORTER,
    CONVENTIONS,
    FASTAPI_INSTRUMENTATOR,
    FLOWER,
    POSTGRES_EXPORTER,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
    REDIS_EXPORTER,
)
from tailboard.panels.matcher import equals
from tailboard.panels.metric import Difference, Histogram, Metric, Role, Total
from tests.dashboards.sample_dashboards import (
    OBJECTIVES,
    Json,
    build_library_documents,
    build_service,
    list_services,
    walk_panels,
)
from tests.for_each import for_each

SERVICES = dict(list_services())
FIRST_SCREEN_HEIGHT = 24
"""How many grid rows a screen of 1080 pixels shows below Grafana's own bars."""
MAX_PANELS = 25

GRID_COLUMN, PANEL_FRAME, TITLE_LETTER = 52, 52, 7.2
"""Pixels on a screen of 1280: a column of the grid, a panel's frame and signs, a letter."""

UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
VARIABLE = re.compile(r"\$\{?([a-zA-Z_]\w*)")
DATA_SOURCE_VARIABLE = {"type": "prometheus", "uid": "${datasource}"}
PROMETHEUS_METRICS = {"ALERTS", "up"} | {
    f"scrape_{series}"
    for series in (
        "duration_seconds",
        "samples_scraped",
        "series_added",
        "samples_post_metric_relabeling",
    )
}
"""What Prometheus itself knows of every target."""

each_service = for_each(SERVICES)


@cache
def list_documents(name: str) -> list[Json]:
    """The documents of one service."""
    return [
        document
        for key, document in build_library_documents().items()
        if key.startswith(f"{name}/")
    ]


def walk_strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from walk_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk_strings(item)
    elif isinstance(value, str):
        yield value


def find_variables(value: Any) -> set[str]:
    """Names of variables, but for those that Grafana itself has."""
    names = {name for text in walk_strings(value) for name in VARIABLE.findall(text)}
    return {name for name in names if not name.startswith("__")}


def list_panels(document: Json) -> list[Json]:
    return [panel for panel in walk_panels(document["panels"]) if panel["type"] != "row"]


def expand_variables(expression: str) -> str:
    """The expression with something in place of Grafana's own variables."""
    return expression.replace("$__rate_interval", "5m").replace("$__range", "1h")


def list_expressions(document: Json) -> Iterator[str]:
    for panel in list_panels(document):
        for target in panel.get("targets", []):
            yield expand_variables(target["expr"])
    for annotation in document["annotations"]["list"]:
        if "expr" in annotation:
            yield expand_variables(annotation["expr"])


def find_metrics(expression: str) -> set[str]:
    """The names of the metrics that an expression reads."""
    return set(_walk_metrics(promql_parser.parse(expression)))


def _walk_metrics(node: Any) -> Iterator[str]:
    if isinstance(node, promql_parser.VectorSelector):
        matchers = node.matchers.matchers
        yield node.name or next(matcher.value for matcher in matchers if matcher.name == "__name__")
    for attribute in ("args", "expr", "lhs", "param", "rhs", "vector_selector"):
        child = getattr(node, attribute, None)
        for child_node in child if isinstance(child, list) else [child]:
            if child_node is not None and not isinstance(child_node, str):
                yield from _walk_metrics(child_node)


def list_sample_names(metric: Metric) -> set[str]:
    """The names under which a metric is stored."""
    if isinstance(metric, Histogram):
        return {f"{metric.name}{name}" for name in ("", "_bucket", "_count", "_sum")}
    attribute = {Difference: "minus", Total: "plus"}.get(type(metric))
    return {metric.name, getattr(metric, attribute)} if attribute else {metric.name}


def find_urls(document: Json) -> set[str]:
    """What opens from a panel."""
    return {text for text in walk_strings(document["panels"]) if text.startswith("/d/")}


def test_every_file_in_the_folder_is_in_the_list() -> None:
    shared = {"__init__", "service_dashboard", "service_tabs"}
    files = {path.stem for path in Path(library_package.__path__[0]).glob("*.py")}
    assert files - shared == {build.__name__ for build in LIBRARY}


def test_every_library_dashboard_says_what_it_is_for() -> None:
    for build in LIBRARY:
        assert (build.__doc__ or "").strip().splitlines()[0].endswith((".", ",", ":")), build


@each_service
def test_uids_are_legal_and_unique(name: str) -> None:
    uids = [document["uid"] for document in list_documents(name)]
    assert len(set(uids)) == len(uids)
    assert all(UID.fullmatch(uid) for uid in uids)


@each_service
def test_titles_are_unique(name: str) -> None:
    titles = [document["title"] for document in list_documents(name)]
    assert len(set(titles)) == len(titles)


@each_service
def test_no_dashboard_is_a_wall_of_graphs(name: str) -> None:
    for document in list_documents(name):
        assert 1 <= len(list_panels(document)) <= MAX_PANELS, document["uid"]


@each_service
def test_no_row_is_empty(name: str) -> None:
    for document in list_documents(name):
        for row, following in zip(document["panels"], [*document["panels"][1:], {}], strict=True):
            if row["type"] == "row" and not row["collapsed"]:
                assert following.get("type") not in (None, "row"), (document["uid"], row["title"])
            if row["type"] == "row" and row["collapsed"]:
                assert row["panels"], (document["uid"], row["title"])


@pytest.mark.parametrize(
    "name",
    [name for name, convention in SERVICES.items() if convention.has_concepts(REQUESTS, DURATION)],
)
def test_what_matters_is_before_the_fold_of_an_overview(name: str) -> None:
    (overview_document,) = (
        document for document in list_documents(name) if document["uid"].endswith("-overview")
    )
    above = [
        panel
        for panel in overview_document["panels"]
        if panel["type"] != "row" and panel["gridPos"]["y"] < FIRST_SCREEN_HEIGHT
    ]
    assert 6 <= len(above) <= 12
    assert overview_document["panels"][0]["title"] == "Golden signals"
    assert {"stat", "timeseries"} <= {panel["type"] for panel in above}


@each_service
def test_an_overview_has_at_most_twelve_panels_before_the_fold(name: str) -> None:
    (overview_document,) = (
        document for document in list_documents(name) if document["uid"].endswith("-overview")
    )
    above = [
        panel
        for panel in overview_document["panels"]
        if panel["type"] != "row" and panel["gridPos"]["y"] < FIRST_SCREEN_HEIGHT
    ]
    assert 1 <= len(above) <= 12


@each_service
def test_every_variable_that_is_used_is_declared(name: str) -> None:
    for documents in list_documents(name):
        variable_names = {variable["name"] for variable in documents["templating"]["list"]}
        assert find_variables(documents) <= variable_names, documents["uid"]


@each_service
def test_every_variable_that_is_declared_is_used(name: str) -> None:
    for documents in list_documents(name):
        for variable in documents["templating"]["list"]:
            others = [
                template_variable
                for template_variable in documents["templating"]["list"]
                if template_variable is not variable
            ]
            used = find_variables([documents["panels"], documents["annotations"], others])
            assert variable["name"] in used, documents["uid"]


@each_service
def test_a_variable_is_used_by_panels_and_not_only_by_other_variables(name: str) -> None:
    for documents in list_documents(name):
        used = find_variables(documents["panels"])
        for variable in documents["templating"]["list"]:
            assert variable["name"] in used, documents["uid"]


@each_service
def test_the_data_source_is_always_the_variable(name: str) -> None:
    for documents in list_documents(name):
        for panel in list_panels(documents):
            assert panel["datasource"] == DATA_SOURCE_VARIABLE, (documents["uid"], panel["title"])
            for target in panel["targets"]:
                assert target.get("datasource", DATA_SOURCE_VARIABLE) == DATA_SOURCE_VARIABLE
        for variable in documents["templating"]["list"]:
            assert variable.get("datasource", DATA_SOURCE_VARIABLE) == DATA_SOURCE_VARIABLE
        for annotation in documents["annotations"]["list"]:
            if "expr" in annotation:
                assert annotation["datasource"] == DATA_SOURCE_VARIABLE


@each_service
def test_every_panel_is_described_and_every_number_has_a_unit(name: str) -> None:
    for documents in list_documents(name):
        for panel in list_panels(documents):
            place = (documents["uid"], panel["title"])
            assert panel["title"].strip(), place
            assert panel["description"].endswith((".", "?")), place
            config = panel.get("fieldConfig", {})
            units = [config.get("defaults", {}).get("unit")]
            units += [
                override
                for override in walk_strings(config.get("overrides", []))
                if override == "unit"
            ]
            units.append(panel["options"].get("yAxis", {}).get("unit"))
            states = config.get("defaults", {}).get("mappings")
            assert any(units) or states, place


@each_service
def test_every_title_fits_its_panel_on_a_small_screen(name: str) -> None:
    """A panel of 4 of 24 columns has room for about 21 letters beside its signs."""
    for document in list_documents(name):
        for panel in list_panels(document):
            width = panel["gridPos"]["w"] * GRID_COLUMN - PANEL_FRAME
            assert len(panel["title"]) * TITLE_LETTER <= width, (document["uid"], panel["title"])


@each_service
def test_a_table_shows_ten_rows_without_scrolling_unless_it_has_fewer(name: str) -> None:
    for document in list_documents(name):
        for panel in list_panels(document):
            if panel["type"] == "table":
                row_count = 1 if document["uid"] == "fleet" and not SERVICES[name].by else 10
                pixels = panel["gridPos"]["h"] * 38 - 8
                assert pixels >= 84 + 36 * row_count, document["uid"]
                assert row_count > 1 or pixels < 84 + 36 * 3


@each_service
def test_an_overview_shows_both_error_ratios_in_one_line_and_saturation_in_an_open_row(
    name: str,
) -> None:
    (document,) = (
        document for document in list_documents(name) if document["uid"].endswith("-overview")
    )
    panels = {panel["title"]: panel for panel in document["panels"]}
    metrics = SERVICES[name].convention.metrics
    if REQUESTS in metrics and Role.STATUS in metrics[REQUESTS].labels:
        statuses = metrics[REQUESTS].statuses
        server = panels[statuses.failure_ratio_title]
        client = panels[statuses.client_error_ratio_title]
        assert server["gridPos"]["y"] == client["gridPos"]["y"]
        assert server["gridPos"]["x"] + server["gridPos"]["w"] == client["gridPos"]["x"]
    if {CPU, MEMORY} <= {*metrics}:
        assert {"CPU", "Memory"} <= {*panels}


@each_service
def test_every_dashboard_is_described_and_found_by_its_tags(name: str) -> None:
    for documents in list_documents(name):
        assert documents["description"].endswith(".")
        assert "tailboard" in documents["tags"]
        assert documents["graphTooltip"] == 1
        if documents["uid"] != "fleet":
            assert f"service:{SERVICES[name].slug}" in documents["tags"]


@each_service
def test_links_between_dashboards_carry_time_and_variables(name: str) -> None:
    for documents in list_documents(name):
        if documents["uid"] != "fleet":
            assert len(documents["links"]) == 2
        for link in documents["links"]:
            assert link["keepTime"] is True
            assert link["includeVars"] is True
            assert set(link["tags"]) & {f"service:{SERVICES[name].slug}", "fleet"}


@each_service
def test_links_from_a_panel_carry_the_time(name: str) -> None:
    for documents in list_documents(name):
        for url in find_urls(documents):
            assert "${__url_time_range}" in url, (documents["uid"], url)


@each_service
def test_links_from_a_panel_lead_to_a_dashboard_that_is_built(name: str) -> None:
    uids = {documents["uid"] for documents in list_documents(name)}
    for document in list_documents(name):
        for url in find_urls(document):
            opened = url.removeprefix("/d/").partition("?")[0].partition("/")[0]
            slug = SERVICES[name].slug
            assert opened.replace("${__data.fields.Service}", slug) in uids, (document["uid"], url)


@each_service
def test_every_expression_parses(name: str) -> None:
    for documents in list_documents(name):
        for expression in list_expressions(documents):
            assert promql_parser.parse(expression)


@each_service
def test_every_expression_reads_what_the_convention_exposes(name: str) -> None:
    metric_names = {
        sample
        for metric in SERVICES[name].convention.metrics.values()
        for sample in list_sample_names(metric)
    }
    for documents in list_documents(name):
        if documents["uid"].endswith("-business"):
            continue
        for expression in list_expressions(documents):
            # What counts all series of a job names no metric: {__name__=~".+", job="orders"}.
            metrics = {metric for metric in find_metrics(expression) if metric not in (".+", ".*")}
            assert metrics <= metric_names | PROMETHEUS_METRICS, (documents["uid"], expression)


@each_service
def test_everything_that_a_convention_exposes_is_shown_somewhere(name: str) -> None:
    expressions = "\n".join(
        expression for document in list_documents(name) for expression in list_expressions(document)
    )
    for concept, metric in SERVICES[name].convention.metrics.items():
        sample_names = list_sample_names(metric)
        selectors = (promql.selector(sample, (("a", equals("b")),)) for sample in sample_names)
        beginnings = (selector.partition("a=")[0] for selector in selectors)
        assert any(beginning in expressions for beginning in beginnings), concept.name


@each_service
def test_every_query_of_a_variable_is_one_of_grafanas(name: str) -> None:
    for documents in list_documents(name):
        for variable in documents["templating"]["list"]:
            if variable["type"] == "query":
                match = re.fullmatch(r"label_values\((.+), ([\w.]+)\)", variable["query"]["query"])
                assert match, variable["query"]
                assert promql_parser.parse(match[1])
                assert variable["includeAll"] is True
                assert variable["multi"] is True
                assert variable["definition"] == variable["query"]["query"]


def test_a_convention_without_a_dashboards_metrics_does_not_get_it() -> None:
    suffixes = {
        convention.name: {
            dashboard.uid.rpartition("-")[2]
            for dashboard in build_library([build_service(convention)])
        }
        for convention in CONVENTIONS
    }
    assert "database" not in suffixes["fastapi_instrumentator"]
    assert "workers" not in suffixes["flask_exporter"]
    assert "routes" not in suffixes["celery_exporter"]
    assert {"overview", "routes", "database", "runtime"} <= suffixes["prometheus_client"]
    assert "batch" in suffixes["pushgateway_jobs"]
    assert "workers" in suffixes["flower"]
    assert "dependencies" in suffixes["redis_exporter"]


def test_durations_by_route_without_requests_do_not_ask_for_a_variable_that_is_not_there() -> None:
    convention = PROMETHEUS_CLIENT.evolve(metrics={REQUESTS: None})
    for dashboard in build_library([Service("a", {"job": "a"}, convention)]):
        document = build_document(dashboard)
        variable_names = {variable["name"] for variable in document["templating"]["list"]}
        assert "route" in variable_names or "$route" not in json.dumps(document)


def test_every_service_has_an_overview() -> None:
    """The fleet's table leads to it."""
    for service in SERVICES.values():
        assert f"{service.slug}-overview" in {
            dashboard.uid for dashboard in build_library([service])
        }


def test_every_library_dashboard_is_built_for_some_convention() -> None:
    suffixes = {
        dashboard.uid.rpartition("-")[2]
        for service in SERVICES.values()
        for dashboard in build_library([service])
    }
    assert suffixes == {"fleet", *(build.__name__ for build in SERVICE_DASHBOARDS)}


def test_a_business_dashboard_without_a_funnel_has_no_row_for_it() -> None:
    document = build_document(
        business(
            build_service(PROMETHEUS_CLIENT), operations={"Orders": ("orders_total", {"ok": "1"})}
        )
    )
    assert [panel["title"] for panel in document["panels"] if panel["type"] == "row"] == [
        "Operations"
    ]


NAMES = [
    "订单",
    "支付",
    "订单 API",
    "支付 API",
    "Größe",
    "Grüße",
    "orders",
    "orders api",
    "a",
    "the orders of the european shop by country",
    "the orders of the european shop by currency",
    "UPPER",
    "under_score",
    "quo'te\"s",
    "slash/ed",
    "😀",
    "😁",
    "-",
    "--",
]


@pytest.mark.parametrize("convention", [PROMETHEUS_CLIENT, REDIS_EXPORTER, CELERY_EXPORTER])
def test_services_of_any_name_have_legal_uids_of_their_own(convention: Convention) -> None:
    uids = [
        documents.uid
        for name in NAMES
        for documents in build_library([build_service(convention, name)])
    ]
    service_uids = [uid for uid in uids if uid != "fleet"]
    assert all(UID.fullmatch(uid) for uid in service_uids)
    assert len(set(service_uids)) == len(service_uids)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_of_any_name_has_documents(name: str) -> None:
    for dashboard in build_library([build_service(PROMETHEUS_CLIENT, name)]):
        document = build_document(dashboard)
        assert UID.fullmatch(document["uid"])
        for expression in list_expressions(document):
            assert promql_parser.parse(expression)


# The fleet


MIXED_SERVICES = [
    build_service(PROMETHEUS_CLIENT, "orders"),
    build_service(FASTAPI_INSTRUMENTATOR, "支付"),
    build_service(PROMETHEUS_CLIENT_JOBS, "the worker with a name that is far too long for a uid"),
    build_service(FLOWER, "celery"),
    build_service(POSTGRES_EXPORTER, "postgres"),
    build_service(PUSHGATEWAY_JOBS, "reports"),
]


def find_table(document: Json) -> Json:
    tables: list[Json] = [panel for panel in document["panels"] if panel["type"] == "table"]
    assert len(tables) == 1
    return tables[0]


def find_service_names(document: Json) -> set[str]:
    """What stands in the column of services: what its queries call them."""
    table = find_table(document)
    names = {
        name
        for target in table["targets"]
        for name in re.findall(r'"service", *"([^"$]+)"', target["expr"])
    }
    return names - {"job"}


def test_the_fleets_table_leads_from_every_service_to_its_overview() -> None:
    """One that is pushed has no `up` and is not in the table."""
    uids = {documents.uid for documents in build_library(MIXED_SERVICES)}
    document = build_document(
        fleet([service for service in MIXED_SERVICES if not service.is_pushed])
    )
    names = find_service_names(document)
    assert names == {service.slug for service in MIXED_SERVICES if not service.is_pushed}
    (url,) = find_urls(document)
    pattern = url.removeprefix("/d/").partition("?")[0]
    assert {pattern.replace("${__data.fields.Service}", name) for name in names} <= uids


def test_the_fleets_table_of_a_variable_leads_to_the_overview_with_the_job_chosen() -> None:
    service = every_service(PROMETHEUS_CLIENT)
    (url,) = find_urls(build_document(fleet([service])))
    uid, _, query = url.removeprefix("/d/").partition("?")
    assert uid in {documents.uid for documents in build_library([service])}
    assert "var-job=${__data.fields.Service}" in query
    overview = next(dashboard for dashboard in build_library([service]) if dashboard.uid == uid)
    assert "job" in {variable["name"] for variable in overview.variables}


def test_the_fleets_table_of_a_named_group_leads_to_that_groups_overview() -> None:
    service = Service("shops", {"job": "shop-.*"}, PROMETHEUS_CLIENT, by=("job",))
    (url,) = find_urls(build_document(fleet([service])))
    assert url.removeprefix("/d/").partition("?")[0] in {
        documents.uid for documents in build_library([service])
    }


def test_the_fleets_queries_parse_and_stand_in_as_many_columns() -> None:
    for group in (
        MIXED_SERVICES,
        [every_service(PROMETHEUS_CLIENT)],
        [build_service(REDIS_EXPORTER)],
    ):
        table = find_table(
            build_document(fleet([service for service in group if not service.is_pushed]))
        )
        for target in table["targets"]:
            assert promql_parser.parse(expand_variables(target["expr"]))
            assert (target["format"], target["instant"], target["range"]) == ("table", True, False)
        (names,) = (
            transformation["options"]["renameByName"]
            for transformation in table["transformations"]
            if transformation["id"] == "organize"
        )
        values = [f"Value #{target['refId']}" for target in table["targets"]]
        assert [*names] == ["service", *(values if len(values) > 1 else ["Value"])]


def test_the_fleets_worst_service_is_its_first() -> None:
    table = find_table(build_document(fleet(MIXED_SERVICES[:2])))
    (sort,) = (
        transformation["options"]
        for transformation in table["transformations"]
        if transformation["id"] == "sortBy"
    )
    assert sort["sort"] == [{"field": "Errors", "desc": True}]


def test_a_fleet_of_a_hundred_services_is_one_dashboard() -> None:
    group = [build_service(PROMETHEUS_CLIENT, f"shop-{index}") for index in range(100)]
    document = build_document(fleet(group))
    assert len(find_service_names(document)) == 100


def test_the_library_of_several_services_has_one_fleet_and_no_uid_twice() -> None:
    uids = [documents.uid for documents in build_library(MIXED_SERVICES)]
    assert uids.count("fleet") == 1
    assert len(set(uids)) == len(uids)


def test_a_library_of_nothing_but_pushed_services_has_no_fleet() -> None:
    assert "fleet" not in {
        dashboard.uid for dashboard in build_library([build_service(PUSHGATEWAY_JOBS)])
    }


def test_a_library_of_no_services_is_empty() -> None:
    assert list(build_library([])) == []


def test_a_service_without_objectives_has_its_dashboards_too() -> None:
    service = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT)
    assert service.objectives == Objectives() != OBJECTIVES
    documents: list[Dashboard] = list(build_library([service]))
    promised = {dashboard.uid for dashboard in build_library([build_service(PROMETHEUS_CLIENT)])}
    assert {document.uid for document in documents} == promised - {"orders-slo"}


def test_the_alerts_drawn_are_those_of_the_services_rules_and_of_its_targets() -> None:
    """An alert of the whole service has no label of a target, only `service`."""
    drawn = annotations.firing_alerts(build_service(PROMETHEUS_CLIENT))["expr"]
    assert drawn == (
        'ALERTS{alertstate="firing",job="orders"} or ALERTS{alertstate="firing",service="orders"}'
    )
    annotation = annotations.firing_alerts(every_service(PROMETHEUS_CLIENT))["expr"]
    assert annotation == 'ALERTS{alertstate="firing",job=~"$job"}'
