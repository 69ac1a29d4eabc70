"""How documents are written out."""

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tailboard.dashboards import build_document
from tailboard.publish.formats import FORMATS, Format, FormatOptions
from tests.publish.workshop import Workshop

DEFINITION = """
from tailboard.dashboards import Dashboard, Row, variables
from tailboard.panels import Query, Service, kinds, latency
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT)

dashboard = Dashboard(
    "Orders",
    uid="orders",
    variables=[variables.instance(ORDERS)],
    rows=[
        Row("Open", [latency.percentiles(ORDERS)]),
        Row("Closed", [latency.heatmap(ORDERS)], collapsed=True),
    ],
)
"""


@pytest.fixture
def orders(workshop: Workshop) -> Workshop:
    """A folder with a dashboard to build."""
    workshop.write("orders.py", DEFINITION)
    return workshop


def written(workshop: Workshop) -> set[str]:
    """The files in the output folder, but for the manifest."""
    root = workshop.root / "dist"
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return found - {".tailboard.json"}


TREE = {
    "api": {"dashboards/orders.json"},
    "import": {"import/orders.json"},
    "provisioning": {
        "provisioning/dashboards/tailboard.yaml",
        "provisioning/dashboards/tailboard/orders.json",
        "provisioning/datasources/tailboard.yaml",
    },
}


@pytest.mark.parametrize("name", TREE)
def test_each_format_writes_its_own_files(name: str, orders: Workshop) -> None:
    orders.build("orders.py", "--format", name)
    assert written(orders) == TREE[name]


def test_several_formats_are_written_at_once(orders: Workshop) -> None:
    chosen = [it for name in TREE for it in ("--format", name)]
    orders.build("orders.py", *chosen, "--format", "api")
    assert written(orders) == set().union(*TREE.values())


def test_without_a_choice_the_documents_are_for_the_api(orders: Workshop) -> None:
    orders.build("orders.py")
    assert written(orders) == TREE["api"]


@pytest.mark.parametrize("one", FORMATS[:3], ids=lambda it: it.name)
def test_a_format_gives_a_file_for_each_uid_and_ends_it_with_a_newline(one: Format) -> None:
    names: set[PurePosixPath] = set()
    for uid in ("a", "b"):
        for file in one.document_files(build_document({"title": "T", "uid": uid})):
            assert not file.path.is_absolute()
            assert file.path.stem == uid
            assert file.content.endswith(b"}\n")
            assert json.loads(file.content)["uid"] == uid
            names.add(file.path)
    assert len(names) == 2
    for file in one.shared_files(FormatOptions()):
        assert file.path not in names
        assert file.content.endswith(b"\n")


@pytest.mark.parametrize("one", FORMATS, ids=lambda it: it.name)
def test_a_format_leaves_the_document_to_the_next_one(one: Format) -> None:
    made = build_document({"title": "T", "uid": "t", "panels": [{"type": "stat", "title": "S"}]})
    before = json.dumps(made)
    for _ in one.document_files(made):
        pass
    assert json.dumps(made) == before


def test_what_is_provisioned_is_what_the_api_is_given(orders: Workshop) -> None:
    orders.build("orders.py", "--format", "api", "--format", "provisioning")
    provisioned = orders.root / "dist/provisioning/dashboards/tailboard/orders.json"
    assert provisioned.read_bytes() == (orders.root / "dist/dashboards/orders.json").read_bytes()


def imported(workshop: Workshop, definition: str = "orders.py") -> dict[str, Any]:
    workshop.build(definition, "--format", "import", "--format", "api")
    made: dict[str, Any] = workshop.document("orders", "dist/import")
    return made


def test_an_import_asks_for_the_data_source(orders: Workshop) -> None:
    made = imported(orders)
    (asked,) = made["__inputs"]
    assert (asked["type"], asked["pluginId"]) == ("datasource", "prometheus")
    assert asked["name"]
    assert asked["label"]


def test_an_import_begins_with_the_data_source_that_was_asked_for(orders: Workshop) -> None:
    made = imported(orders)
    asked = "${" + made["__inputs"][0]["name"] + "}"
    chosen = {it["name"]: it.get("current") for it in made["templating"]["list"]}
    assert chosen["datasource"] == {"text": asked, "value": asked}
    assert chosen["instance"] is None
    assert json.dumps(made).count(asked) == 2


def test_an_import_requires_every_panel_kind_in_open_and_closed_rows(orders: Workshop) -> None:
    required = imported(orders)["__requires"]
    kinds = {it["id"] for it in required if it["type"] == "panel"}
    assert kinds == {"timeseries", "heatmap"}
    assert {it["id"] for it in required if it["type"] == "datasource"} == {"prometheus"}
    (grafana,) = (it for it in required if it["type"] == "grafana")
    assert grafana["version"]
    assert all(it["name"] for it in required)


REFERENCES: list[dict[str, Any]] = [
    {"libraryPanel": {"name": "Pool", "uid": "pool"}},
    {"type": "library-panel-ref", "libraryPanel": {"name": "Pool", "uid": "pool"}},
    {"panels": [{"libraryPanel": {"name": "Queue", "uid": "queue"}}], "type": "row"},
    {"collapsed": True, "panels": [{"libraryPanel": {"uid": "nameless"}}], "type": "row"},
    {"libraryPanel": {"name": "Lost"}},
]


def test_an_import_requires_no_plugin_for_a_library_panel(workshop: Workshop) -> None:
    shown = {"title": "Orders", "uid": "orders", "panels": [*REFERENCES, {"type": "text"}]}
    workshop.write("orders.json", json.dumps(shown))
    required = imported(workshop, "orders.json")["__requires"]
    assert {it["id"] for it in required if it["type"] == "panel"} == {"text"}


def test_a_library_panel_that_an_import_only_refers_to_is_told_of_once(workshop: Workshop) -> None:
    workshop.write("orders.json", json.dumps({"title": "Orders", "panels": REFERENCES}))
    run = workshop.build("orders.json", "--format", "import", "--json")
    notes = run.json["notes"]
    assert [note.partition("'Orders' in orders.json: ")[0] for note in notes] == [""] * 4
    for note, (name, uid) in zip(
        notes, [("Pool", "pool"), ("Queue", "queue"), ("nameless", "nameless")], strict=False
    ):
        assert f"library panel {name!r}" in note
        assert f"under the uid {uid!r} before you import" in note
        assert note in run.err
    assert "'Lost' has no uid" in notes[3]


def test_a_library_panel_is_nothing_to_tell_where_grafana_has_it(workshop: Workshop) -> None:
    workshop.write("orders.json", json.dumps({"title": "Orders", "panels": REFERENCES}))
    assert workshop.build("orders.json", "--format", "api", "--json").json["notes"] == []


def test_an_import_is_otherwise_what_the_api_is_given(orders: Workshop) -> None:
    made = imported(orders)
    for name in ("__inputs", "__requires"):
        del made[name]
    for variable in made["templating"]["list"]:
        variable.pop("current", None)
    assert made == orders.document("orders")


def provisioned(workshop: Workshop, *options: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The provider and the data source."""
    workshop.build("orders.py", "--format", "provisioning", *options)
    root = workshop.root / "dist/provisioning"
    provider = yaml.safe_load((root / "dashboards/tailboard.yaml").read_text())
    source = yaml.safe_load((root / "datasources/tailboard.yaml").read_text())
    assert provider["apiVersion"] == source["apiVersion"] == 1
    (one,), (other,) = provider["providers"], source["datasources"]
    return one, other


@pytest.mark.parametrize("path", ["/etc/grafana/provisioning", "/srv/it has spaces: #1"])
def test_the_provider_looks_where_the_documents_are(path: str, orders: Workshop) -> None:
    provider, _ = provisioned(orders, "--provisioning-path", path)
    assert provider["type"] == "file"
    below = PurePosixPath(provider["options"]["path"]).relative_to(path)
    assert (orders.root / "dist/provisioning" / below / "orders.json").is_file()


def test_the_provisioned_data_source_is_the_one_that_was_named(orders: Workshop) -> None:
    url = "https://prometheus.example:9090/prefix?x=y#z"
    _, source = provisioned(orders, "--prometheus-url", url, "--scrape-interval", "30s")
    assert (source["type"], source["url"]) == ("prometheus", url)
    assert source["jsonData"]["timeInterval"] == "30s"
    assert source["isDefault"] is True


def test_provisioned_yaml_says_that_it_is_generated(orders: Workshop) -> None:
    provisioned(orders)
    for path in (orders.root / "dist").rglob("*.yaml"):
        assert path.read_text().startswith("# Generated by tailboard")
