"""How documents are written out."""

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tailboard.dashboards import build_document
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.publish.formats import FORMATS, File, Format, FormatOptions
from tests.workspace import Workspace

Json = dict[str, Any]

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
def orders_workspace(workspace: Workspace) -> Workspace:
    """A folder with a dashboard to build."""
    workspace.write_file("orders.py", DEFINITION)
    return workspace


def list_written_files(workspace: Workspace) -> set[str]:
    """The files in the output folder, but for the manifest."""
    root = workspace.root / "dist"
    names = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return names - {".tailboard.json"}


EXPECTED_FILES = {
    "v2": {"v2/orders.json"},
    "api": {"dashboards/orders.json"},
    "import": {"import/orders.json"},
    "provisioning": {
        "provisioning/dashboards/tailboard.yaml",
        "provisioning/dashboards/tailboard/orders.json",
        "provisioning/datasources/tailboard.yaml",
    },
}


@pytest.mark.parametrize("name", EXPECTED_FILES)
def test_each_format_writes_its_own_files(name: str, orders_workspace: Workspace) -> None:
    orders_workspace.run_build("orders.py", "--format", name)
    assert list_written_files(orders_workspace) == EXPECTED_FILES[name]


def test_several_formats_are_written_at_once(orders_workspace: Workspace) -> None:
    options = [argument for name in EXPECTED_FILES for argument in ("--format", name)]
    orders_workspace.run_build("orders.py", *options, "--format", "api")
    assert list_written_files(orders_workspace) == set().union(*EXPECTED_FILES.values())


def test_without_a_choice_the_documents_are_for_the_api(orders_workspace: Workspace) -> None:
    orders_workspace.run_build("orders.py")
    assert list_written_files(orders_workspace) == EXPECTED_FILES["api"]


def build_files(output_format: Format, document: Json) -> list[File]:
    """The files of a document of schema v1."""
    return list(output_format.document_files(document)) if output_format.document_files else []


def build_v2_files(output_format: Format, document: Json) -> list[File]:
    """The files of the same document as one of schema v2."""
    v2_document = convert_document(document)
    return list(output_format.v2_files(v2_document)) if output_format.v2_files else []


@pytest.mark.parametrize("output_format", FORMATS[:3], ids=lambda format_: format_.name)
def test_a_format_gives_a_file_for_each_uid_and_ends_it_with_a_newline(
    output_format: Format,
) -> None:
    names: set[PurePosixPath] = set()
    for uid in ("a", "b"):
        for file in build_files(output_format, build_document({"title": "T", "uid": uid})):
            assert not file.path.is_absolute()
            assert file.path.stem == uid
            assert file.content.endswith(b"}\n")
            assert json.loads(file.content)["uid"] == uid
            names.add(file.path)
    assert len(names) == 2
    for file in output_format.shared_files(FormatOptions()):
        assert file.path not in names
        assert file.content.endswith(b"\n")


@pytest.mark.parametrize("output_format", FORMATS, ids=lambda format_: format_.name)
def test_a_format_leaves_the_document_to_the_next_one(output_format: Format) -> None:
    document = build_document(
        {"title": "T", "uid": "t", "panels": [{"type": "stat", "title": "S"}]}
    )
    before = json.dumps(document)
    build_files(output_format, document)
    build_v2_files(output_format, document)
    assert json.dumps(document) == before


def test_what_is_provisioned_is_what_the_api_is_given(orders_workspace: Workspace) -> None:
    orders_workspace.run_build("orders.py", "--format", "api", "--format", "provisioning")
    provisioned = orders_workspace.root / "dist/provisioning/dashboards/tailboard/orders.json"
    assert (
        provisioned.read_bytes()
        == (orders_workspace.root / "dist/dashboards/orders.json").read_bytes()
    )


def build_import_document(workspace: Workspace, definition: str = "orders.py") -> dict[str, Any]:
    workspace.run_build(definition, "--format", "import", "--format", "api")
    document: dict[str, Any] = workspace.read_document("orders", "dist/import")
    return document


def test_an_import_asks_for_the_data_source(orders_workspace: Workspace) -> None:
    document = build_import_document(orders_workspace)
    (input_,) = document["__inputs"]
    assert (input_["type"], input_["pluginId"]) == ("datasource", "prometheus")
    assert input_["name"]
    assert input_["label"]


def test_an_import_begins_with_the_data_source_that_was_asked_for(
    orders_workspace: Workspace,
) -> None:
    document = build_import_document(orders_workspace)
    reference = "${" + document["__inputs"][0]["name"] + "}"
    current_values = {
        variable["name"]: variable.get("current") for variable in document["templating"]["list"]
    }
    assert current_values["datasource"] == {"text": reference, "value": reference}
    assert current_values["instance"] is None
    assert json.dumps(document).count(reference) == 2


def test_an_import_requires_every_panel_kind_in_open_and_closed_rows(
    orders_workspace: Workspace,
) -> None:
    required = build_import_document(orders_workspace)["__requires"]
    kinds = {requirement["id"] for requirement in required if requirement["type"] == "panel"}
    assert kinds == {"timeseries", "heatmap"}
    assert {
        requirement["id"] for requirement in required if requirement["type"] == "datasource"
    } == {"prometheus"}
    (grafana,) = (requirement for requirement in required if requirement["type"] == "grafana")
    assert grafana["version"]
    assert all(requirement["name"] for requirement in required)


REFERENCES: list[dict[str, Any]] = [
    {"libraryPanel": {"name": "Pool", "uid": "pool"}},
    {"type": "library-panel-ref", "libraryPanel": {"name": "Pool", "uid": "pool"}},
    {"panels": [{"libraryPanel": {"name": "Queue", "uid": "queue"}}], "type": "row"},
    {"collapsed": True, "panels": [{"libraryPanel": {"uid": "nameless"}}], "type": "row"},
    {"libraryPanel": {"name": "Lost"}},
]


def test_an_import_requires_no_plugin_for_a_library_panel(workspace: Workspace) -> None:
    shown = {"title": "Orders", "uid": "orders", "panels": [*REFERENCES, {"type": "text"}]}
    workspace.write_file("orders.json", json.dumps(shown))
    required = build_import_document(workspace, "orders.json")["__requires"]
    assert {requirement["id"] for requirement in required if requirement["type"] == "panel"} == {
        "text"
    }


def test_a_library_panel_that_an_import_only_refers_to_is_told_of_once(
    workspace: Workspace,
) -> None:
    workspace.write_file("orders.json", json.dumps({"title": "Orders", "panels": REFERENCES}))
    run = workspace.run_build("orders.json", "--format", "import", "--json")
    notes = run.json["notes"]
    assert [note.partition("'Orders' in orders.json: ")[0] for note in notes] == [""] * 4
    for note, (name, uid) in zip(
        notes, [("Pool", "pool"), ("Queue", "queue"), ("nameless", "nameless")], strict=False
    ):
        assert f"library panel {name!r}" in note
        assert f"under the uid {uid!r} before you import" in note
        assert note in run.stderr
    assert "'Lost' has no uid" in notes[3]


def test_a_library_panel_is_nothing_to_tell_where_grafana_has_it(workspace: Workspace) -> None:
    workspace.write_file("orders.json", json.dumps({"title": "Orders", "panels": REFERENCES}))
    assert workspace.run_build("orders.json", "--format", "api", "--json").json["notes"] == []


def test_an_import_is_otherwise_what_the_api_is_given(orders_workspace: Workspace) -> None:
    document = build_import_document(orders_workspace)
    for name in ("__inputs", "__requires"):
        del document[name]
    for variable in document["templating"]["list"]:
        variable.pop("current", None)
    assert document == orders_workspace.read_document("orders")


def read_provisioning(workspace: Workspace, *options: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The provider and the data source."""
    workspace.run_build("orders.py", "--format", "provisioning", *options)
    root = workspace.root / "dist/provisioning"
    provider = yaml.safe_load((root / "dashboards/tailboard.yaml").read_text())
    source = yaml.safe_load((root / "datasources/tailboard.yaml").read_text())
    assert provider["apiVersion"] == source["apiVersion"] == 1
    (file_provider,), (data_source,) = provider["providers"], source["datasources"]
    return file_provider, data_source


@pytest.mark.parametrize("path", ["/etc/grafana/provisioning", "/srv/it has spaces: #1"])
def test_the_provider_looks_where_the_documents_are(path: str, orders_workspace: Workspace) -> None:
    provider, _ = read_provisioning(orders_workspace, "--provisioning-path", path)
    assert provider["type"] == "file"
    below = PurePosixPath(provider["options"]["path"]).relative_to(path)
    assert (orders_workspace.root / "dist/provisioning" / below / "orders.json").is_file()


def test_the_provisioned_data_source_is_the_one_that_was_named(orders_workspace: Workspace) -> None:
    url = "https://prometheus.example:9090/prefix?x=y#z"
    _, source = read_provisioning(
        orders_workspace, "--prometheus-url", url, "--scrape-interval", "30s"
    )
    assert (source["type"], source["url"]) == ("prometheus", url)
    assert source["jsonData"]["timeInterval"] == "30s"
    assert source["isDefault"] is True


def test_provisioned_yaml_says_that_it_is_generated(orders_workspace: Workspace) -> None:
    read_provisioning(orders_workspace)
    for path in (orders_workspace.root / "dist").rglob("*.yaml"):
        assert path.read_text().startswith("# Generated by tailboard")


TABS_DEFINITION = """
from tailboard import Dashboard, Row
from tailboard.panels import Query, kinds

panel = kinds.timeseries("Up", [Query("up", "up")], description="Up.", unit="short")
dashboard = Dashboard(
    "Orders",
    uid="orders",
    rows=[Row("A", [panel], tab="First"), Row("B", [panel], tab="Second", hide_empty=True)],
)
"""


def test_tabs_stay_tabs_in_schema_v2_alone_and_a_note_says_so(workspace: Workspace) -> None:
    workspace.write_file("orders.py", TABS_DEFINITION)
    run = workspace.run_build(
        "orders.py", "--format", "v2", "--format", "api", "--format", "import"
    )
    resource = json.loads((workspace.root / "dist/v2/orders.json").read_bytes())
    assert resource["apiVersion"] == "dashboard.grafana.app/v2beta1"
    assert resource["metadata"] == {"name": "orders"}
    assert resource["spec"]["layout"]["kind"] == "TabsLayout"
    document = json.loads((workspace.root / "dist/dashboards/orders.json").read_bytes())
    headings = [panel["title"] for panel in document["panels"] if panel["type"] == "row"]
    assert headings == ["First / A", "Second / B"]
    assert "2 tabs become rows" in run.stderr
    assert "1 condition is lost in the format api and import; the format v2 keeps" in run.stderr


def test_nothing_is_lost_in_schema_v2(workspace: Workspace) -> None:
    workspace.write_file("orders.py", TABS_DEFINITION)
    assert "note" not in workspace.run_build("orders.py", "--format", "v2").stderr
