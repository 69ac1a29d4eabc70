"""`tailboard rename`: what it prints, writes and leaves, and how it exits."""

import json
from pathlib import Path

import pytest

from tailboard.cli.main import main

DASHBOARD = {
    "title": "Orders",
    "uid": "orders",
    "panels": [
        {
            "type": "timeseries",
            "title": "Calls",
            "targets": [{"refId": "A", "expr": "sum by (path) (rate(calls_total[5m]))"}],
        }
    ],
}
PYTHON = """\
from tailboard import Dashboard, Row
from tailboard.panels.kinds import timeseries
from tailboard.panels.query import Query

# calls_total of the shop
CALLS = [Query("rate(calls_total[5m])")]
PANEL = timeseries("Calls", CALLS, unit="reqps", description="Calls.")
dashboard = Dashboard(
    "Shop",
    uid="shop",
    rows=[Row("R", [PANEL])],
)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "orders.json").write_text(json.dumps(DASHBOARD, indent=1))
    return tmp_path / "d"


def test_the_difference_is_printed_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "orders.json").read_bytes()
    assert main(["rename", "calls_total=requests_total", "d"]) == 0
    output = capsys.readouterr()
    assert '-     "expr": "sum by (path) (rate(calls_total[5m]))"' in output.out
    assert '+     "expr": "sum by (path) (rate(requests_total[5m]))"' in output.out
    assert "1 file of 1 would change, 0 places left" in output.err
    assert (folder / "orders.json").read_bytes() == before


def test_files_are_written_with_write(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "orders.json").read_text()
    assert (
        main(["rename", "calls_total=requests_total", "--label", "path=route", "d", "--write"]) == 0
    )
    assert (folder / "orders.json").read_text() == before.replace("calls", "requests").replace(
        "path", "route"
    )
    assert capsys.readouterr().out == ""
    assert not list(folder.glob(".*"))


def test_what_is_in_python_is_listed_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "shop.py").write_text(PYTHON)
    (folder / "orders.json").unlink()
    assert main(["rename", "calls_total=requests_total", "d", "--write"]) == 1
    assert (folder / "shop.py").read_text() == PYTHON
    assert (
        "d/shop.py:6: write rate(requests_total[5m]) for rate(calls_total[5m])"
        in capsys.readouterr().err
    )


def test_a_name_that_comes_from_a_convention_is_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "orders.json").unlink()
    (folder / "shop.py").write_text(
        "from tailboard import Service\n"
        "from tailboard.panels.conventions import PROMETHEUS_CLIENT\n"
        "services = [Service('shop', selector={'job': 'shop'}, convention=PROMETHEUS_CLIENT)]\n"
    )
    assert main(["rename", "http_requests_total=requests_total", "d"]) == 1
    errors = capsys.readouterr().err
    (line,) = [line for line in errors.splitlines() if "comes from a convention or" in line]
    assert line.lstrip().startswith("d/shop.py:3: ")


def test_an_f_string_is_read_as_the_expression_that_it_formats(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "orders.json").unlink()
    (folder / "shop.py").write_text(
        "from tailboard import Dashboard, Row\n"
        "from tailboard.panels.kinds import raw\n"
        "path = '/a'\n"
        "panel = raw('stat', 'A', [f'sum(calls_total{{path=\"{path}\"}}) > {1 + 1}'])\n"
        "dashboard = Dashboard('Shop', rows=[Row('A', [panel])])\n"
    )
    assert main(["rename", "calls_total=requests_total", "--label", "path=route", "d"]) == 1
    assert (
        'd/shop.py:4: write sum(requests_total{route="{path}"}) > {1 + 1} '
        'for sum(calls_total{path="{path}"}) > {1 + 1}\n'
    ) in capsys.readouterr().err


def test_a_rename_that_meets_nothing_exits_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rename", "nothing_total=other_total", "d"]) == 1
    assert "nothing here has an old name" in capsys.readouterr().err


def test_a_program_reads_what_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules.yaml").write_text(
        "groups: [{name: a, rules: [{alert: A, expr: '{__name__=~\"calls_.*\"} > 1'}]}]\n"
    )
    assert main(["rename", "calls_total=requests_total", "d", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["schema_version"] == 1
    assert report["written"] is False
    assert [change["path"] for change in report["changes"]] == ["d/orders.json"]
    assert [(note["source"], note["panel"]) for note in report["notes"]] == [("d/rules.yaml", "A")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["a=b"], "where?"),
        (["d"], "nothing is renamed"),
        (["a=a", "d"], "changes nothing"),
        (["a=b", "a=c", "d"], "renamed twice"),
        (["a=c", "b=c", "d"], "would be called"),
        (["a b=c", "d"], "does not name a metric"),
        (["a=b", "--unit", "ms=bytes", "d"], "no two units of one kind"),
        (["a=b", "--unit", "ms=parsec", "d"], "no unit"),
        (["a=b", "--label", "le=x", "d"], "Prometheus' own"),
        (["--label", "a=b", "--unit", "ms=s", "d"], "none is named"),
        (["--metric", "a", "--unit", "ms=s", "--both", "d"], "two units at once"),
        (["a=b", "d", "--write", "--dry-run"], "exclude each other"),
    ],
)
def test_wrong_usage_is_explained(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    assert folder.is_dir()
    assert main(["rename", *arguments]) == 2
    assert problem in " ".join(capsys.readouterr().err.split())


def test_a_broken_file_keeps_everything_unwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "orders.json").read_bytes()
    (folder / "broken.json").write_text("{")
    assert main(["rename", "calls_total=requests_total", "d", "--write"]) == 2
    assert "broken.json" in capsys.readouterr().err
    assert (folder / "orders.json").read_bytes() == before


def test_a_metric_keeps_its_name_where_only_a_label_changes(folder: Path) -> None:
    assert main(["rename", "--metric", "calls_total", "--label", "path=route", "d", "--write"]) == 0
    text = (folder / "orders.json").read_text()
    assert "sum by (route) (rate(calls_total[5m]))" in text


def test_other_files_that_name_the_metric_are_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules_test.yaml").write_text(
        "rule_files: [r.yaml]\ntests:\n  - input_series:\n      - series: calls_total\n"
    )
    assert main(["rename", "calls_total=requests_total", "d"]) == 1
    assert "d/rules_test.yaml:4: it is no file that is renamed" in capsys.readouterr().err


def test_a_comment_of_rules_that_still_names_the_metric_is_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules.yaml").write_text(
        "groups:\n- rules:\n  - record: a\n    # of calls_total\n    expr: rate(calls_total[5m])\n"
    )
    assert main(["rename", "calls_total=requests_total", "d", "--write"]) == 1
    assert "d/rules.yaml:4: the line still names calls_total" in capsys.readouterr().err
    assert "expr: rate(requests_total[5m])" in (folder / "rules.yaml").read_text()
