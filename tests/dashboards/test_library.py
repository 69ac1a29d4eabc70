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
from tailboard.panels import Objectives, Service, every_service
from tailboard.panels.concept import DURATION, REQUESTS
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
from tailboard.panels.metric import Difference, Histogram, Metric, Total
from tests.dashboards.sample_dashboards import (
    OBJECTIVES,
    Json,
    everywhere,
    fixed,
    library_documents,
    services,
)

SERVICES = dict(services())
FOLD = 24
"""How many grid rows a screen of 1080 pixels shows below Grafana's own bars."""
MOST_PANELS = 25

UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
VARIABLE = re.compile(r"\$\{?([a-zA-Z_]\w*)")
CHOSEN = {"type": "prometheus", "uid": "${datasource}"}
OF_PROMETHEUS = {"ALERTS", "up"} | {
    f"scrape_{it}"
    for it in (
        "duration_seconds",
        "samples_scraped",
        "series_added",
        "samples_post_metric_relabeling",
    )
}
"""What Prometheus itself knows of every target."""

each_service = pytest.mark.parametrize("name", SERVICES)


@cache
def made_for(name: str) -> list[Json]:
    """The documents of one service."""
    return [made for key, made in library_documents().items() if key.startswith(f"{name}/")]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def variables_in(value: Any) -> set[str]:
    """Names of variables, but for those that Grafana itself has."""
    found = {name for text in strings(value) for name in VARIABLE.findall(text)}
    return {name for name in found if not name.startswith("__")}


def panels_of(made: Json) -> list[Json]:
    return [panel for panel in everywhere(made["panels"]) if panel["type"] != "row"]


def expanded(expression: str) -> str:
    """The expression with something in place of Grafana's own variables."""
    return expression.replace("$__rate_interval", "5m").replace("$__range", "1h")


def expressions(made: Json) -> Iterator[str]:
    for panel in panels_of(made):
        for target in panel.get("targets", []):
            yield expanded(target["expr"])
    for annotation in made["annotations"]["list"]:
        if "expr" in annotation:
            yield expanded(annotation["expr"])


def metrics_in(expression: str) -> set[str]:
    """The names of the metrics that an expression reads."""
    return set(_metrics(promql_parser.parse(expression)))


def _metrics(node: Any) -> Iterator[str]:
    if isinstance(node, promql_parser.VectorSelector):
        matchers = node.matchers.matchers
        yield node.name or next(it.value for it in matchers if it.name == "__name__")
    for attribute in ("args", "expr", "lhs", "param", "rhs", "vector_selector"):
        child = getattr(node, attribute, None)
        for it in child if isinstance(child, list) else [child]:
            if it is not None and not isinstance(it, str):
                yield from _metrics(it)


def samples_of(metric: Metric) -> set[str]:
    """The names under which a metric is stored."""
    if isinstance(metric, Histogram):
        return {f"{metric.name}{it}" for it in ("", "_bucket", "_count", "_sum")}
    more = {Difference: "minus", Total: "plus"}.get(type(metric))
    return {metric.name, getattr(metric, more)} if more else {metric.name}


def urls(made: Json) -> set[str]:
    """What opens from a panel."""
    return {text for text in strings(made["panels"]) if text.startswith("/d/")}


def test_every_file_in_the_folder_is_in_the_list() -> None:
    shared = {"__init__", "feasible", "frame"}
    files = {path.stem for path in Path(library_package.__path__[0]).glob("*.py")}
    assert files - shared == {build.__name__ for build in LIBRARY}


def test_every_library_dashboard_says_what_it_is_for() -> None:
    for build in LIBRARY:
        assert (build.__doc__ or "").strip().splitlines()[0].endswith((".", ",", ":")), build


@each_service
def test_uids_are_legal_and_unique(name: str) -> None:
    uids = [made["uid"] for made in made_for(name)]
    assert len(set(uids)) == len(uids)
    assert all(UID.fullmatch(uid) for uid in uids)


@each_service
def test_titles_are_unique(name: str) -> None:
    titles = [made["title"] for made in made_for(name)]
    assert len(set(titles)) == len(titles)


@each_service
def test_no_dashboard_is_a_wall_of_graphs(name: str) -> None:
    for made in made_for(name):
        assert 1 <= len(panels_of(made)) <= MOST_PANELS, made["uid"]


@each_service
def test_no_row_is_empty(name: str) -> None:
    for made in made_for(name):
        for row, following in zip(made["panels"], [*made["panels"][1:], {}], strict=True):
            if row["type"] == "row" and not row["collapsed"]:
                assert following.get("type") not in (None, "row"), (made["uid"], row["title"])
            if row["type"] == "row" and row["collapsed"]:
                assert row["panels"], (made["uid"], row["title"])


@pytest.mark.parametrize(
    "name", [name for name, it in SERVICES.items() if it.has_concepts(REQUESTS, DURATION)]
)
def test_what_matters_is_before_the_fold_of_an_overview(name: str) -> None:
    (made,) = (it for it in made_for(name) if it["uid"].endswith("-overview"))
    above = [it for it in made["panels"] if it["type"] != "row" and it["gridPos"]["y"] < FOLD]
    assert 6 <= len(above) <= 12
    assert made["panels"][0]["title"] == "Golden signals"
    assert {"stat", "timeseries"} <= {panel["type"] for panel in above}


@each_service
def test_an_overview_has_at_most_twelve_panels_before_the_fold(name: str) -> None:
    (made,) = (it for it in made_for(name) if it["uid"].endswith("-overview"))
    above = [it for it in made["panels"] if it["type"] != "row" and it["gridPos"]["y"] < FOLD]
    assert 1 <= len(above) <= 12


@each_service
def test_every_variable_that_is_used_is_declared(name: str) -> None:
    for made in made_for(name):
        declared = {it["name"] for it in made["templating"]["list"]}
        assert variables_in(made) <= declared, made["uid"]


@each_service
def test_every_variable_that_is_declared_is_used(name: str) -> None:
    for made in made_for(name):
        for variable in made["templating"]["list"]:
            others = [it for it in made["templating"]["list"] if it is not variable]
            used = variables_in([made["panels"], made["annotations"], others])
            assert variable["name"] in used, made["uid"]


@each_service
def test_a_variable_is_used_by_panels_and_not_only_by_other_variables(name: str) -> None:
    for made in made_for(name):
        used = variables_in(made["panels"])
        for variable in made["templating"]["list"]:
            assert variable["name"] in used, made["uid"]


@each_service
def test_the_data_source_is_always_the_variable(name: str) -> None:
    for made in made_for(name):
        for panel in panels_of(made):
            assert panel["datasource"] == CHOSEN, (made["uid"], panel["title"])
            for target in panel["targets"]:
                assert target.get("datasource", CHOSEN) == CHOSEN
        for variable in made["templating"]["list"]:
            assert variable.get("datasource", CHOSEN) == CHOSEN
        for annotation in made["annotations"]["list"]:
            if "expr" in annotation:
                assert annotation["datasource"] == CHOSEN


@each_service
def test_every_panel_is_described_and_every_number_has_a_unit(name: str) -> None:
    for made in made_for(name):
        for panel in panels_of(made):
            where = (made["uid"], panel["title"])
            assert panel["title"].strip(), where
            assert panel["description"].endswith((".", "?")), where
            config = panel.get("fieldConfig", {})
            units = [config.get("defaults", {}).get("unit")]
            units += [it for it in strings(config.get("overrides", [])) if it == "unit"]
            units.append(panel["options"].get("yAxis", {}).get("unit"))
            states = config.get("defaults", {}).get("mappings")
            assert any(units) or states, where


@each_service
def test_every_dashboard_is_described_and_found_by_its_tags(name: str) -> None:
    for made in made_for(name):
        assert made["description"].endswith(".")
        assert "tailboard" in made["tags"]
        assert made["graphTooltip"] == 1
        if made["uid"] != "fleet":
            assert f"service:{SERVICES[name].slug}" in made["tags"]


@each_service
def test_links_between_dashboards_carry_time_and_variables(name: str) -> None:
    for made in made_for(name):
        if made["uid"] != "fleet":
            assert len(made["links"]) == 2
        for link in made["links"]:
            assert link["keepTime"] is True
            assert link["includeVars"] is True
            assert set(link["tags"]) & {f"service:{SERVICES[name].slug}", "fleet"}


@each_service
def test_links_from_a_panel_carry_the_time(name: str) -> None:
    for made in made_for(name):
        for url in urls(made):
            assert "${__url_time_range}" in url, (made["uid"], url)


@each_service
def test_links_from_a_panel_lead_to_a_dashboard_that_is_built(name: str) -> None:
    uids = {made["uid"] for made in made_for(name)}
    for made in made_for(name):
        for url in urls(made):
            opened = url.removeprefix("/d/").partition("?")[0].partition("/")[0]
            slug = SERVICES[name].slug
            assert opened.replace("${__data.fields.Service}", slug) in uids, (made["uid"], url)


@each_service
def test_every_expression_parses(name: str) -> None:
    for made in made_for(name):
        for expression in expressions(made):
            assert promql_parser.parse(expression)


@each_service
def test_every_expression_reads_what_the_convention_exposes(name: str) -> None:
    known = {
        it for metric in SERVICES[name].convention.metrics.values() for it in samples_of(metric)
    }
    for made in made_for(name):
        if made["uid"].endswith("-business"):
            continue
        for expression in expressions(made):
            # What counts all series of a job names no metric: {__name__=~".+", job="orders"}.
            found = {it for it in metrics_in(expression) if it not in (".+", ".*")}
            assert found <= known | OF_PROMETHEUS, (made["uid"], expression)


@each_service
def test_every_query_of_a_variable_is_one_of_grafanas(name: str) -> None:
    for made in made_for(name):
        for variable in made["templating"]["list"]:
            if variable["type"] == "query":
                found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
                assert found, variable["query"]
                assert promql_parser.parse(found[1])
                assert variable["includeAll"] is True
                assert variable["multi"] is True
                assert variable["definition"] == variable["query"]["query"]


def test_a_convention_without_a_dashboards_metrics_does_not_get_it() -> None:
    found = {
        convention.name: {it.uid.rpartition("-")[2] for it in build_library([fixed(convention)])}
        for convention in CONVENTIONS
    }
    assert "database" not in found["fastapi_instrumentator"]
    assert "workers" not in found["flask_exporter"]
    assert "routes" not in found["celery_exporter"]
    assert {"overview", "routes", "database", "runtime"} <= found["prometheus_client"]
    assert "batch" in found["pushgateway_jobs"]
    assert "workers" in found["flower"]
    assert "dependencies" in found["redis_exporter"]


def test_durations_by_route_without_requests_do_not_ask_for_a_variable_that_is_not_there() -> None:
    convention = PROMETHEUS_CLIENT.evolve(metrics={REQUESTS: None})
    for dashboard in build_library([Service("a", {"job": "a"}, convention)]):
        made = build_document(dashboard)
        declared = {it["name"] for it in made["templating"]["list"]}
        assert "route" in declared or "$route" not in json.dumps(made)


def test_every_service_has_an_overview() -> None:
    """The fleet's table leads to it."""
    for service in SERVICES.values():
        assert f"{service.slug}-overview" in {it.uid for it in build_library([service])}


def test_every_library_dashboard_is_built_for_some_convention() -> None:
    found = {
        it.uid.rpartition("-")[2]
        for service in SERVICES.values()
        for it in build_library([service])
    }
    assert found == {"fleet", *(build.__name__ for build in SERVICE_DASHBOARDS)}


def test_a_business_dashboard_without_a_funnel_has_no_row_for_it() -> None:
    made = build_document(
        business(fixed(PROMETHEUS_CLIENT), operations={"Orders": ("orders_total", {"ok": "1"})})
    )
    assert [it["title"] for it in made["panels"] if it["type"] == "row"] == ["Operations"]


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
    uids = [made.uid for name in NAMES for made in build_library([fixed(convention, name)])]
    own = [uid for uid in uids if uid != "fleet"]
    assert all(UID.fullmatch(uid) for uid in own)
    assert len(set(own)) == len(own)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_of_any_name_has_documents(name: str) -> None:
    for dashboard in build_library([fixed(PROMETHEUS_CLIENT, name)]):
        made = build_document(dashboard)
        assert UID.fullmatch(made["uid"])
        for expression in expressions(made):
            assert promql_parser.parse(expression)


# The fleet


MIXED = [
    fixed(PROMETHEUS_CLIENT, "orders"),
    fixed(FASTAPI_INSTRUMENTATOR, "支付"),
    fixed(PROMETHEUS_CLIENT_JOBS, "the worker with a name that is far too long for a uid"),
    fixed(FLOWER, "celery"),
    fixed(POSTGRES_EXPORTER, "postgres"),
    fixed(PUSHGATEWAY_JOBS, "reports"),
]


def table_of(made: Json) -> Json:
    found: list[Json] = [panel for panel in made["panels"] if panel["type"] == "table"]
    assert len(found) == 1
    return found[0]


def service_names(made: Json) -> set[str]:
    """What stands in the column of services: what its queries call them."""
    table = table_of(made)
    found = {
        name
        for target in table["targets"]
        for name in re.findall(r'"service", *"([^"$]+)"', target["expr"])
    }
    return found - {"job"}


def test_the_fleets_table_leads_from_every_service_to_its_overview() -> None:
    """One that is pushed has no `up` and is not in the table."""
    uids = {made.uid for made in build_library(MIXED)}
    made = build_document(fleet([it for it in MIXED if not it.is_pushed]))
    names = service_names(made)
    assert names == {it.slug for it in MIXED if not it.is_pushed}
    (url,) = urls(made)
    pattern = url.removeprefix("/d/").partition("?")[0]
    assert {pattern.replace("${__data.fields.Service}", it) for it in names} <= uids


def test_the_fleets_table_of_a_variable_leads_to_the_overview_with_the_job_chosen() -> None:
    service = every_service(PROMETHEUS_CLIENT)
    (url,) = urls(build_document(fleet([service])))
    uid, _, query = url.removeprefix("/d/").partition("?")
    assert uid in {made.uid for made in build_library([service])}
    assert "var-job=${__data.fields.Service}" in query
    overview = next(it for it in build_library([service]) if it.uid == uid)
    assert "job" in {it["name"] for it in overview.variables}


def test_the_fleets_table_of_a_named_group_leads_to_that_groups_overview() -> None:
    service = Service("shops", {"job": "shop-.*"}, PROMETHEUS_CLIENT, by=("job",))
    (url,) = urls(build_document(fleet([service])))
    assert url.removeprefix("/d/").partition("?")[0] in {
        made.uid for made in build_library([service])
    }


def test_the_fleets_queries_parse_and_stand_in_as_many_columns() -> None:
    for group in (MIXED, [every_service(PROMETHEUS_CLIENT)], [fixed(REDIS_EXPORTER)]):
        table = table_of(build_document(fleet([it for it in group if not it.is_pushed])))
        for target in table["targets"]:
            assert promql_parser.parse(expanded(target["expr"]))
            assert (target["format"], target["instant"], target["range"]) == ("table", True, False)
        (names,) = (
            it["options"]["renameByName"]
            for it in table["transformations"]
            if it["id"] == "organize"
        )
        values = [f"Value #{it['refId']}" for it in table["targets"]]
        assert [*names] == ["service", *(values if len(values) > 1 else ["Value"])]


def test_the_fleets_worst_service_is_its_first() -> None:
    table = table_of(build_document(fleet(MIXED[:2])))
    (sort,) = (it["options"] for it in table["transformations"] if it["id"] == "sortBy")
    assert sort["sort"] == [{"field": "Errors", "desc": True}]


def test_a_fleet_of_a_hundred_services_is_one_dashboard() -> None:
    group = [fixed(PROMETHEUS_CLIENT, f"shop-{index}") for index in range(100)]
    made = build_document(fleet(group))
    assert len(service_names(made)) == 100


def test_the_library_of_several_services_has_one_fleet_and_no_uid_twice() -> None:
    uids = [made.uid for made in build_library(MIXED)]
    assert uids.count("fleet") == 1
    assert len(set(uids)) == len(uids)


def test_a_library_of_nothing_but_pushed_services_has_no_fleet() -> None:
    assert "fleet" not in {it.uid for it in build_library([fixed(PUSHGATEWAY_JOBS)])}


def test_a_library_of_no_services_is_empty() -> None:
    assert list(build_library([])) == []


def test_a_service_without_objectives_has_its_dashboards_too() -> None:
    service = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT)
    assert service.objectives == Objectives() != OBJECTIVES
    made: list[Dashboard] = list(build_library([service]))
    promised = {it.uid for it in build_library([fixed(PROMETHEUS_CLIENT)])}
    assert {it.uid for it in made} == promised - {"orders-slo"}


def test_the_alerts_drawn_are_those_of_the_services_rules_and_of_its_targets() -> None:
    """An alert of the whole service has no label of a target, only `service`."""
    drawn = annotations.firing_alerts(fixed(PROMETHEUS_CLIENT))["expr"]
    assert drawn == (
        'ALERTS{alertstate="firing",job="orders"} or ALERTS{alertstate="firing",service="orders"}'
    )
    chosen = annotations.firing_alerts(every_service(PROMETHEUS_CLIENT))["expr"]
    assert chosen == 'ALERTS{alertstate="firing",job=~"$job"}'
