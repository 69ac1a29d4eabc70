"""The promtools that try rules."""

import pytest

from tests.required_programs import require_programs

PROMTOOL_SHARES = ("first", pytest.param("others", marks=pytest.mark.slow))


@pytest.fixture(scope="session")
def promtool_paths() -> list[str]:
    """Every promtool that there is: there may be one of Prometheus 2 and one of 3."""
    return require_programs("promtool", "prometheus")


@pytest.fixture(scope="session", params=PROMTOOL_SHARES)
def promtool_share(request: pytest.FixtureRequest) -> slice:
    """Which promtools try it: the first in `make test`, the others in `make test-slow`."""
    return slice(1) if request.param == "first" else slice(1, None)


@pytest.fixture
def shared_promtool_paths(promtool_paths: list[str], promtool_share: slice) -> list[str]:
    """The promtools of this share."""
    return select_promtools(promtool_paths, promtool_share)


def select_promtools(paths: list[str], share: slice) -> list[str]:
    """Those of a share; where there are none the test is skipped."""
    return paths[share] or pytest.skip("there is no other promtool")
