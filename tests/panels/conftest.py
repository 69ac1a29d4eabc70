"""Evaluate expressions with promtool's unit tests."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tailboard.panels import promql
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

Series = Mapping[str, str]
Answer = Mapping[str, float]
AnswerCheck = Callable[[str, Series, Answer], None]

NATIVE = "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}"


@pytest.fixture(scope="session", params=PROMETHEUS_VERSIONS)
def promtool(request: pytest.FixtureRequest) -> str:
    return require_prometheus(request.param).promtool


@pytest.fixture
def check_answer(promtool: str, tmp_path: Path) -> AnswerCheck:
    """Compare the result after ten minutes with the expected values, by their labels."""

    def checked(expression: str, series: Series, answer: Answer) -> None:
        expanded = expression.replace(promql.WINDOW, "5m").replace("$__range", "10m")
        # A stray NaN survives round(), and promtool finds no NaN equal to another.
        failed = run_case(
            promtool, tmp_path, build_case(f"round({expanded}, 0.0001)", series, answer)
        )
        assert not failed, f"{expanded}\n{failed}"

    return checked


@pytest.fixture
def native_histograms(promtool: str, tmp_path: Path) -> None:
    """Skip tests of native histograms where promtool is too old for them."""
    series, answer = {"took": f"{NATIVE}x20"}, {"{}": 4.0}
    if run_case(promtool, tmp_path, build_case("histogram_count(took)", series, answer)):
        pytest.skip("this promtool cannot be given native histograms; that of Prometheus 3 can")


def build_case(expression: str, series: Series, answer: Answer) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": expression,
                "eval_time": "10m",
                "exp_samples": [
                    {"labels": labels, "value": value} for labels, value in answer.items()
                ],
            }
        ],
    }


def run_case(promtool: str, folder: Path, *cases: dict[str, Any]) -> str:
    """promtool's error message, or an empty text."""
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": list(cases)}))
    run = subprocess.run(
        [promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    return f"{run.stdout}{run.stderr}" if run.returncode else ""
