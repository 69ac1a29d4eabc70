"""Every Grafana that is available, as one fixture."""

import os
from collections.abc import Iterable, Iterator

import pytest
from _pytest.mark import ParameterSet

from tests.grafana.fault_proxy import FaultProxy
from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.grafana.memory import MemoryGrafana
from tests.grafana.real_grafana import (
    RealGrafana,
    connect_named_server,
    find_installation,
    run_grafana,
)

MEMORY_KINDS = {"memory apis": True, "memory classic": False}
REAL_KINDS = {"real apis": "apis", "real classic": "classic", "real apis of schema v2": "apis"}
V2_KIND = "real apis of schema v2"
V2_SETTINGS = {"GF_FEATURE_TOGGLES_ENABLE": "dashboardNewLayouts"}
"""What makes Grafana 12.4 store schema v2 when somebody saves in the browser, as 13 does."""


def list_kinds(fast: Iterable[str]) -> list[ParameterSet]:
    """Every kind of Grafana; all but the fast ones are tried in `make test-slow` only."""
    kinds = [*MEMORY_KINDS, *REAL_KINDS]
    return [
        pytest.param(
            kind, id=kind.replace(" ", "-"), marks=() if kind in fast else pytest.mark.slow
        )
        for kind in kinds
    ]


typical_api = pytest.mark.parametrize("grafana", list_kinds(["memory apis"]), indirect=True)
"""For tests of what does not depend on the API: `make test` tries one."""


@pytest.fixture(scope="session")
def real_grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGrafana]:
    """The server of GRAFANA_URL, else one that is started once a session."""
    somebodys = connect_named_server()
    if somebodys is not None:
        yield somebodys
        return
    if find_installation() is None:
        pytest.skip("no GRAFANA_URL, and no `grafana` with its home on this machine")
    with run_grafana(tmp_path_factory.mktemp("grafana")) as server:
        yield server


@pytest.fixture(scope="session")
def real_grafana_of_v2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGrafana]:
    """A Grafana that prefers schema v2, started once a session."""
    if find_installation() is None:
        pytest.skip("no `grafana` with its home on this machine")
    with run_grafana(tmp_path_factory.mktemp("grafana-v2"), **V2_SETTINGS) as server:
        yield server


@pytest.fixture
def memory_grafana() -> Iterator[MemoryGrafana]:
    """An empty Grafana in memory, with /apis."""
    with MemoryGrafana() as server:
        yield server


@pytest.fixture(params=list_kinds(MEMORY_KINDS))
def grafana(request: pytest.FixtureRequest) -> Iterator[GrafanaUnderTest]:
    """Each Grafana that is available, one after the other, with nothing in it."""
    if request.param in REAL_KINDS:
        yield from _prepare_real_grafana(request)
        return
    apis = MEMORY_KINDS[request.param]
    with MemoryGrafana(apis=apis) as server:
        api = "apis" if apis else "classic"
        yield GrafanaUnderTest(
            request.param, server, server.create_token("administrator"), api, server
        )


@pytest.fixture
def proxy(grafana: GrafanaUnderTest) -> Iterator[FaultProxy]:
    """A proxy in front of the Grafana under test that harms nothing yet."""
    with FaultProxy(grafana.url) as between:
        yield between


def _prepare_real_grafana(request: pytest.FixtureRequest) -> Iterator[GrafanaUnderTest]:
    fixture = "real_grafana_of_v2" if request.param == V2_KIND else "real_grafana"
    server: RealGrafana = request.getfixturevalue(fixture)
    token = os.environ.get("GRAFANA_TOKEN") if not server.is_disposable else None
    grafana = GrafanaUnderTest(
        request.param,
        server,
        token or server.create_token("administrator"),
        REAL_KINDS[request.param],
    )
    if server.is_disposable:
        server.delete_items()
        grafana.token = server.create_token("administrator")
    else:
        grafana.hide_existing_items()
    yield grafana
    grafana.delete_items()
