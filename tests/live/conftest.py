"""The fixture that live tests ask for."""

from collections.abc import Iterator

import pytest

from .stand import Live, live_stand


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Real apps under real load, scraped by a real Prometheus; started once a session."""
    with live_stand(tmp_path_factory.mktemp("live")) as stand:
        yield stand
