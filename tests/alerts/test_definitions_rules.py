"""What a build writes for the definitions of this repository, as promtool takes it."""

from pathlib import Path

import pytest

from tailboard.cli.main import main
from tests import ROOT
from tests.alerts.sample_services import run_promtool

DEFINITIONS = ROOT / "definitions"


@pytest.fixture(scope="module")
def rules_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of rules."""
    out = tmp_path_factory.mktemp("built")
    assert main(["build", str(DEFINITIONS), "--out", str(out), "--format", "rules"]) == 0
    return out / "rules"


def test_every_rule_file_is_accepted(rules_folder: Path, promtool_paths: list[str]) -> None:
    files = sorted(rules_folder.glob("*.rules.yaml"))
    assert len(files) == 3
    for promtool_path in promtool_paths:
        assert not run_promtool(promtool_path, "check", "rules", *files)


@pytest.mark.slow
def test_the_tests_beside_it_pass(rules_folder: Path, shared_promtool_paths: list[str]) -> None:
    paths = sorted(rules_folder.glob("*.rules.test.yaml"))
    assert len(paths) == 3
    for promtool_path in shared_promtool_paths:
        assert not run_promtool(promtool_path, "test", "rules", *paths)


@pytest.mark.slow
def test_the_tests_that_last_for_hours_pass(rules_folder: Path, promtool_paths: list[str]) -> None:
    paths = sorted(rules_folder.glob("*.rules.long.test.yaml"))
    assert [path.name.partition(".")[0] for path in paths] == ["orders-worker", "orders"]
    for promtool_path in promtool_paths:
        assert not run_promtool(promtool_path, "test", "rules", *paths)
