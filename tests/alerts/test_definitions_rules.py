"""What a build writes for the definitions of this repository: promtool takes it as it is."""

from pathlib import Path

import pytest
import yaml

from tailboard.cli.main import main
from tailboard.panels.duration import parse_duration
from tests import ROOT
from tests.alerts.sample_services import run_promtool
from tests.required_programs import require_program

DEFINITIONS = ROOT / "definitions"
LONG = 3600


@pytest.fixture(scope="module")
def rules_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of rules."""
    out = tmp_path_factory.mktemp("built")
    assert main(["build", str(DEFINITIONS), "--out", str(out), "--format", "rules"]) == 0
    return out / "rules"


@pytest.fixture(scope="module")
def promtool_path() -> str:
    return require_program("promtool", "prometheus")


def test_every_rule_file_is_accepted(rules_folder: Path, promtool_path: str) -> None:
    files = sorted(rules_folder.glob("*.rules.yaml"))
    assert len(files) == 3
    assert not run_promtool(promtool_path, "check", "rules", *files)


def test_the_tests_beside_it_pass_but_for_those_that_last_for_hours(
    rules_folder: Path, promtool_path: str
) -> None:
    for path in sorted(rules_folder.glob("*.rules.test.yaml")):
        content = yaml.safe_load(path.read_text())
        content["tests"] = [
            case
            for case in content["tests"]
            if max(parse_duration(test["eval_time"]) for test in case["promql_expr_test"])
            < LONG / 2
            and not case["name"].startswith("ErrorBudgetBurn")  # see test_rules_fire.py
        ]
        short = path.with_suffix(".short")
        short.write_text(yaml.safe_dump(content))
        assert not run_promtool(promtool_path, "test", "rules", short)


@pytest.mark.slow
def test_the_tests_beside_it_pass_as_they_are_written(
    rules_folder: Path, promtool_path: str
) -> None:
    for path in sorted(rules_folder.glob("*.rules.test.yaml")):
        assert not run_promtool(promtool_path, "test", "rules", path)
