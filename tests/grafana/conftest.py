"""Every Grafana that is available, as one fixture."""

import os
from collections.abc import Iterator

import pytest

from .bench import Bench
from .memory import MemoryGrafana
from .proxy import FaultProxy
from .real import RealGrafana, installed, named, started

MEMORY = {"memory apis": True, "memory classic": False}
REAL = {"real apis": "apis", "real classic": "classic"}
KINDS = [
    *(pytest.param(kind, id=kind.replace(" ", "-")) for kind in MEMORY),
    *(pytest.param(kind, id=kind.replace(" ", "-"), marks=pytest.mark.slow) for kind in REAL),
]


@pytest.fixture(scope="session")
def real_grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGrafana]:
    """The server of GRAFANA_URL, else one that is started once a session."""
    somebodys = named()
    if somebodys is not None:
        yield somebodys
        return
    if installed() is None:
        pytest.skip("no GRAFANA_URL, and no `grafana` with its home on this machine")
    with started(tmp_path_factory.mktemp("grafana")) as server:
        yield server


@pytest.fixture
def memory() -> Iterator[MemoryGrafana]:
    """An empty Grafana in memory, with /apis."""
    with MemoryGrafana() as server:
        yield server


@pytest.fixture(params=KINDS)
def grafana(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Each Grafana that is available, one after the other, with nothing in it."""
    if request.param in REAL:
        yield from _real_bench(request)
        return
    apis = MEMORY[request.param]
    with MemoryGrafana(apis=apis) as server:
        api = "apis" if apis else "classic"
        yield Bench(request.param, server, server.token("administrator"), api, server)


@pytest.fixture
def proxy(grafana: Bench) -> Iterator[FaultProxy]:
    """A proxy in front of the Grafana under test that harms nothing yet."""
    with FaultProxy(grafana.url) as between:
        yield between


def _real_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    server: RealGrafana = request.getfixturevalue("real_grafana")
    token = os.environ.get("GRAFANA_TOKEN") if not server.throw_away else None
    bench = Bench(
        request.param, server, token or server.token("administrator"), REAL[request.param]
    )
    if server.throw_away:
        server.empty()
        bench.token = server.token("administrator")
    else:
        bench.hide_what_is_there()
    yield bench
    bench.clean()
