"""The fixtures of the live tests."""

from collections.abc import Iterator

import pytest

from tests.live.live_environment import (
    LiveEnvironment,
    LiveEnvironments,
    run_live_environments,
)
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus


@pytest.fixture(scope="session")
def live_environments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEnvironments]:
    """Real apps under real load, scraped by every version of Prometheus; started once a session."""
    with run_live_environments(tmp_path_factory.mktemp("live")) as environments:
        yield environments


@pytest.fixture(scope="session", params=PROMETHEUS_VERSIONS)
def live_environment(
    request: pytest.FixtureRequest, live_environments: LiveEnvironments
) -> LiveEnvironment:
    """What a Prometheus of one version has of the apps."""
    return live_environments[require_prometheus(request.param).version]
