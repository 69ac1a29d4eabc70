"""What points to a panel points to the id that its document gets."""

import pytest

from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.dashboards.library import build_library
from tailboard.dashboards.panel_ids import find_panel_ids
from tailboard.panels import Query, kinds
from tests.dashboards.sample_dashboards import list_services, walk_panels


@pytest.mark.parametrize("name", [name for name, _ in list_services()])
def test_the_ids_are_those_of_the_document(name: str) -> None:
    for dashboard in build_library([dict(list_services())[name]]):
        panels = walk_panels(build_document(dashboard)["panels"])
        panel_ids_by_title = {
            panel["title"]: panel["id"] for panel in panels if panel["type"] != "row"
        }
        assert find_panel_ids(dashboard) == panel_ids_by_title


def test_an_id_that_a_panel_has_is_kept_and_the_first_of_one_title_is_meant() -> None:
    drawn = [
        kinds.timeseries("Same", [Query("up")], description="d", unit="short") for _ in range(3)
    ]
    drawn[2].title, drawn[2].id = "Own", 42
    dashboard = Dashboard("D", rows=[Row("R", drawn)])
    document_panels = [
        panel
        for panel in walk_panels(build_document(dashboard)["panels"])
        if panel["type"] != "row"
    ]
    assert find_panel_ids(dashboard) == {"Same": document_panels[0]["id"], "Own": 42}
