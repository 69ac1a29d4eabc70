"""A real Grafana takes every document of schema v2 that we write, as strictly as it can."""

from collections.abc import Iterator

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.resource import build_resource, build_spec
from tests.dashboards.sample_dashboards import Json, build_library_documents
from tests.dashboards.schema_v2.test_grafana_model import build_tab_specs
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana

pytestmark = pytest.mark.slow

DRY_RUN_PATH = (
    "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards"
    "?dryRun=All&fieldValidation=Strict"
)


@pytest.fixture(scope="module")
def tabbed_grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGrafana]:
    """A Grafana whose browser would save schema v2."""
    if find_installation() is None:
        pytest.skip("no `grafana` with its home on this machine")
    folder = tmp_path_factory.mktemp("tabbed-grafana")
    with run_grafana(folder, GF_FEATURE_TOGGLES_ENABLE="dashboardNewLayouts") as server:
        yield server


def build_specs() -> Iterator[Json]:
    """The specs of the whole library, and of dashboards with tabs."""
    for document in build_library_documents().values():
        yield build_spec(convert_document(document))
    yield from build_tab_specs()


def test_every_document_passes_and_would_be_stored_unchanged(tabbed_grafana: RealGrafana) -> None:
    for spec in build_specs():
        resource = build_resource({**spec, "uid": "validated"})
        answer = tabbed_grafana.send_request("POST", DRY_RUN_PATH, resource)
        assert answer.ok, (spec["title"], answer.text[:500])
        assert answer.json()["spec"] == spec, spec["title"]


def test_an_unknown_field_is_refused(tabbed_grafana: RealGrafana) -> None:
    """What finds nothing in our documents does find something."""
    spec = next(build_specs())
    resource = build_resource({**spec, "uid": "validated", "titel": "A"})
    answer = tabbed_grafana.send_request("POST", DRY_RUN_PATH, resource)
    assert answer.status_code == 400
    assert "titel" in answer.text
