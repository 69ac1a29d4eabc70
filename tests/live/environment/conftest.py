"""The live environment."""

from collections.abc import Iterator

import pytest

from tests.live.apps import APPS, TYPICAL_APPS
from tests.live.live_environment import (
    LiveEnvironment,
    LiveEnvironments,
    run_live_environments,
)
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus


@pytest.fixture(scope="session")
def live_environments(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveEnvironments]:
    """Real apps under real load, scraped by Prometheus; started once a session.

    Slow tests look at every app; the versions of Prometheus are those that a test asks for.
    """
    items = request.session.items
    has_slow_test = any(item.get_closest_marker("slow") for item in items)
    versions = {
        str(item.callspec.params["live_environment"])
        for item in items
        if isinstance(item, pytest.Function) and "live_environment" in item.fixturenames
    }
    apps = APPS if has_slow_test else TYPICAL_APPS
    with run_live_environments(tmp_path_factory.mktemp("live"), apps, versions) as environments:
        yield environments


@pytest.fixture(scope="session", params=PROMETHEUS_VERSIONS)
def live_environment(
    request: pytest.FixtureRequest, live_environments: LiveEnvironments
) -> LiveEnvironment:
    """What a Prometheus of one version has of the apps."""
    return live_environments[require_prometheus(request.param).version]
