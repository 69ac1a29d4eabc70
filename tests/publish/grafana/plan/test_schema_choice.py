"""In which schema a dashboard is published, and what is said where that loses something."""

import pytest

from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import list_row_layouts
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.grafana.api import SchemaVersions
from tailboard.publish.grafana.plan.desired import Publishable, build_desired
from tailboard.publish.grafana.plan.schema_choice import SchemaChoice
from tests.dashboards.sample_dashboards import Json
from tests.dashboards.schema_v2.sample_documents import build_resource, build_tabs_spec
from tests.dashboards.test_tabs import ROWS

TABBED = Dashboard("Tabbed", rows=ROWS, layout="tabs")
PLAIN = Dashboard("Plain", rows=ROWS[:1])

SHOWS_TABS = SchemaVersions(("v2beta1", "v2alpha1", "v0alpha1", "v1beta1"), "v1beta1", "v2beta1")
STORES_TABS = SchemaVersions(("v1beta1", "v0alpha1", "v2beta1"), "v1beta1", "v2beta1")
HAS_NO_TABS = SchemaVersions(("v1beta1", "v0alpha1", "v2alpha1"), "v1beta1", "v2alpha1")
CLASSIC = SchemaVersions()


def select(dashboard: Dashboard, schema: str, versions: SchemaVersions) -> tuple[Json, str]:
    choice = SchemaChoice(schema, lambda: versions)
    return choice.select_document(build_document(dashboard), list_row_layouts(dashboard))


@pytest.mark.parametrize(
    ("dashboard", "schema", "versions", "is_v2"),
    [
        (TABBED, "auto", SHOWS_TABS, True),
        (TABBED, "auto", STORES_TABS, False),
        (TABBED, "auto", HAS_NO_TABS, False),
        (TABBED, "auto", CLASSIC, False),
        (TABBED, "v1", SHOWS_TABS, False),
        (TABBED, "v2", STORES_TABS, True),
        (TABBED, "v2", HAS_NO_TABS, False),
        (PLAIN, "auto", SHOWS_TABS, False),
        (PLAIN, "v1", SHOWS_TABS, False),
        (PLAIN, "v2", SHOWS_TABS, True),
        (PLAIN, "v2", CLASSIC, False),
    ],
)
def test_schema_v2_is_for_tabs_on_a_server_that_shows_them_unless_it_is_asked_for(
    dashboard: Dashboard, schema: str, versions: SchemaVersions, is_v2: bool
) -> None:
    document, note = select(dashboard, schema, versions)
    assert is_v2_document(document) == is_v2
    assert bool(note) == (not is_v2 and (dashboard is TABBED or schema == "v2"))


@pytest.mark.parametrize(
    ("offered", "version"),
    [
        (("v2", "v2beta1", "v1"), "v2"),
        (("v2beta1", "v2alpha1", "v1beta1"), "v2beta1"),
        (("v3alpha0", "v2", "v1"), "v2"),
    ],
)
def test_the_version_is_the_first_that_the_server_offers_and_we_write(
    offered: tuple[str, ...], version: str
) -> None:
    document, _ = select(TABBED, "v2", SchemaVersions(offered))
    assert document["apiVersion"] == f"dashboard.grafana.app/{version}"


def test_a_note_counts_what_is_lost_and_says_why() -> None:
    assert select(TABBED, "auto", STORES_TABS)[1].startswith("3 tabs become rows, ")
    assert "this Grafana shows no tabs" in select(TABBED, "auto", STORES_TABS)[1]
    assert "does not store schema v2beta1" in select(TABBED, "auto", CLASSIC)[1]
    assert select(TABBED, "v1", SHOWS_TABS)[1].endswith("with --schema v1")


def test_the_server_is_not_asked_where_its_answer_does_not_matter() -> None:
    choice = SchemaChoice(find_versions=pytest.fail)
    assert choice.select_document(build_document(PLAIN), ()) == (build_document(PLAIN), "")


@pytest.mark.parametrize("schema", ["auto", "v2"])
def test_a_definition_in_schema_v2_stays_in_it(schema: str) -> None:
    document = build_document(build_resource(build_tabs_spec(), "v2alpha1"))
    assert SchemaChoice(schema, lambda: CLASSIC).select_document(document, ()) == (document, "")


def test_a_definition_in_schema_v2_is_not_flattened_in_silence() -> None:
    document = build_document(build_resource(build_tabs_spec()))
    with pytest.raises(DefinitionError, match="--schema v1 does not publish") as caught:
        SchemaChoice("v1").select_document(document, ())
    assert "pull --schema v1" in caught.value.tip


def test_the_mark_is_in_the_document_of_either_schema() -> None:
    publishable = Publishable(build_document(TABBED), "", "orders.py", list_row_layouts(TABBED))
    for versions in (SHOWS_TABS, CLASSIC):
        desired = build_desired(
            [publishable],
            owner="shop",
            folder="",
            message="",
            schema=SchemaChoice(find_versions=lambda: versions),  # noqa: B023  # called at once
        )
        assert "owner=shop uid=tabbed" in str(desired.documents)
        assert bool(desired.notes) == (versions is CLASSIC)
        assert all("'Tabbed' in orders.py: " in note for note in desired.notes)
