"""How the live tests are spread over workers."""

import pytest
from xdist.scheduler import LoadScopeScheduling

ENVIRONMENT_FOLDER = "tests/live/environment"


class FileScheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Let one worker run a file, whose tests share servers, and all of the live environment."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return ENVIRONMENT_FOLDER if file.startswith(f"{ENVIRONMENT_FOLDER}/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FileScheduling:
    """The scheduling of every run that names a folder of the live tests."""
    return FileScheduling(config, log)
