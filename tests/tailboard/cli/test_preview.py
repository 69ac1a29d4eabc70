"""`tailboard preview`: files, pictures, and what it says where it cannot draw."""

import importlib.util
import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tailboard.cli.main import main

DEFINITION = """
from tailboard import Dashboard, Row, Service
from tailboard.panels import latency, traffic
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)
dashboard = Dashboard(
    "Orders", uid="orders",
    rows=[Row("Signals", [latency.percentiles(ORDERS), traffic.rate(ORDERS)])],
)
"""


@pytest.fixture(autouse=True)
def definition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROMETHEUS_URL", raising=False)
    path = tmp_path / "orders.py"
    path.write_text(DEFINITION)
    return path


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.fixture(scope="module")
def example_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Two previews of the same: their folder, the report of the first, words of the second."""
    folder, report, words = tmp_path_factory.mktemp("preview"), StringIO(), StringIO()
    (folder / "orders.py").write_text(DEFINITION)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        with redirect_stdout(report):
            assert main(["preview", "orders.py", "--example", "--json"]) == 0
        with redirect_stderr(words):
            assert main(["preview", "orders.py", "--example"]) == 0
    return folder / "dist" / "preview", report.getvalue(), words.getvalue()


def test_it_writes_an_index_and_a_page_for_each_dashboard(
    example_runs: tuple[Path, str, str],
) -> None:
    folder, _, _ = example_runs
    assert list_names(folder) == ["index.html", "orders.html", "preview.css", "preview.js"]


def test_example_pages_are_the_same_on_every_run(example_runs: tuple[Path, str, str]) -> None:
    _, _, words = example_runs
    assert "0 files written, 4 unchanged" in words


def test_pictures_are_made_of_dashboards_or_of_one_panel(tmp_path: Path) -> None:
    assert main(["preview", "orders.py", "--example", "--out", "a", "--png", "--svg"]) == 0
    assert {"orders.png", "orders.svg"} <= set(list_names(tmp_path / "a"))
    arguments = ["preview", "orders.py", "--example", "--out", "b", "--svg"]
    assert main([*arguments, "--panel", "latency percentiles"]) == 0
    assert "orders-latency-percentiles.svg" in list_names(tmp_path / "b")


def test_a_panel_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["preview", "orders.py", "--example", "--png", "--panel", "Latency percentile"]) == 2
    )
    assert "did you mean 'Latency percentiles'" in capsys.readouterr().err


def test_without_a_server_and_without_example_it_says_what_to_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["preview", "orders.py"]) == 2
    error = capsys.readouterr().err
    assert "--prometheus URL" in error
    assert "--example" in error


def test_a_missing_package_is_named_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "tailboard.preview.pages.site.find_spec",
        lambda name: None if name == "vl_convert" else find_spec(name),
    )
    assert main(["preview", "orders.py", "--example"]) == 2
    error = capsys.readouterr().err
    assert "vl-convert-python" in error
    assert "pip install 'tailboard[preview]'" in error


def test_a_wrong_time_and_a_wrong_variable_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "orders.py", "--example", "--from", "noon"]) == 2
    assert "'noon' is not a time" in capsys.readouterr().err
    assert main(["preview", "orders.py", "--example", "--var", "job"]) == 2
    assert "is not name=value" in capsys.readouterr().err


def test_a_broken_definition_leaves_the_folder_alone(
    tmp_path: Path, definition: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    definition.write_text("dashboard = 1 / 0")
    assert main(["preview", "orders.py", "--example"]) == 2
    assert "nothing was drawn" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_files_of_somebody_else_are_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "dist" / "preview"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("mine")
    assert main(["preview", "orders.py", "--example"]) == 2
    assert (folder / "index.html").read_text() == "mine"
    assert "--force" in capsys.readouterr().err


def test_the_report_lists_the_dashboards(example_runs: tuple[Path, str, str]) -> None:
    _, text, _ = example_runs
    report = json.loads(text)
    assert report["schema_version"] == 1
    assert report["dashboards"] == [
        {
            "page": "orders.html",
            "panels": 2,
            "title": "Orders",
            "uid": "orders",
            "without_data": [],
        }
    ]
