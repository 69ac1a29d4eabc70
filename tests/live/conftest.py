"""The fixture of the live tests."""

from collections.abc import Iterator

import pytest

from tests.live.live_environment import LiveEnvironment, run_live_environment


@pytest.fixture(scope="session")
def live_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEnvironment]:
    """Real apps under real load, scraped by a real Prometheus; started once a session."""
    with run_live_environment(tmp_path_factory.mktemp("live")) as environment:
        yield environment
