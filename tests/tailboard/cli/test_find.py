"""`tailboard find`: what it prints, how it exits, and what it finds on a server."""

import json
from pathlib import Path
from typing import Any

import pytest

from tailboard.cli.main import main
from tests.grafana.memory import MemoryGrafana
from tests.grafana.memory.answer import Answer, RefusalError

DASHBOARD: dict[str, Any] = {
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "orders.json").write_text(json.dumps(DASHBOARD, indent=1))
    return tmp_path / "d"


@pytest.fixture
def server(
    memory_grafana: MemoryGrafana, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> MemoryGrafana:
    assert folder.is_dir()
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("administrator"))
    memory_grafana.add_dashboard("stored", {**DASHBOARD, "uid": "stored", "title": "Stored"})
    return memory_grafana


def test_a_match_is_a_line_as_grep_writes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert main(["find", "calls_total", "d"]) == 0
    output = capsys.readouterr()
    assert output.out == (
        "d/orders.json:11: orders: Calls: A: metric calls_total in expr: "
        "sum by (path) (rate(calls_total[5m]))\n"
    )
    assert output.err == "1 match in 1 dashboard or rule set\n"


def test_nothing_found_exits_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()
    assert main(["find", "other_total", "d"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["find", "calls_total", "d", "--as", "label"]) == 1


def test_a_program_reads_every_match(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()
    assert main(["find", "path", "d", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["schema_version"] == 1
    assert report["matches"] == [
        {
            "kind": "label",
            "name": "path",
            "owner": "panel",
            "source": "d/orders.json",
            "dashboard": "orders",
            "panel": "Calls",
            "query": "A",
            "field": "expr",
            "line": 11,
            "text": "sum by (path) (rate(calls_total[5m]))",
        }
    ]


def test_a_panel_of_a_definition_has_the_id_that_the_build_gives(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "queue.py").write_text(
        "from tailboard import Dashboard, Row\n"
        "from tailboard.panels.kinds import raw\n\n"
        'panel = raw("stat", "Depth", ["sum(depth)"])\n'
        'dashboard = Dashboard("Queue", uid="queue", rows=[Row("Mails", [panel])])\n'
    )
    assert main(["build", "d/queue.py", "--out", "built"]) == 0
    document = json.loads(Path("built/dashboards/queue.json").read_text())
    capsys.readouterr()
    assert main(["find", "depth", "d/queue.py", "--as", "metric", "--json"]) == 0
    (match,) = json.loads(capsys.readouterr().out)["matches"]
    (panel_id,) = (panel["id"] for panel in document["panels"] if panel["title"] == "Depth")
    assert match["panel_id"] == panel_id


def test_matches_are_counted_by_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "other.json").write_text(json.dumps(DASHBOARD))
    assert main(["find", "calls_total", "d", "--count"]) == 0
    assert capsys.readouterr().out == "d/orders.json:1\nd/other.json:1\n"


def test_a_long_text_is_cut_around_the_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expression = " + ".join(f"metric_{number}_total" for number in range(50))
    (folder / "orders.json").write_text(
        json.dumps(DASHBOARD).replace("sum by (path) (rate(calls_total[5m]))", expression)
    )
    assert main(["find", "metric_25_total", "d"]) == 0
    line = capsys.readouterr().out
    assert "in expr: ..." in line
    assert "+ metric_25_total +" in line
    assert len(line) < 300


def test_a_broken_file_does_not_hide_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.json").write_text('{"panels": ')
    assert main(["find", "calls_total", "d"]) == 4
    output = capsys.readouterr()
    assert "calls_total" in output.out
    assert "broken.json" in output.err


def test_text_of_others_does_not_steer_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {**DASHBOARD, "title": "calls_total \x1b[2J\n::error::x"}
    (folder / "orders.json").write_text(json.dumps(document))
    assert main(["find", "calls_total", "d"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\n::error::" not in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["x"], "where?"),
        (["", "d"], "TEXT is empty"),
        (["*", "d"], "TEXT is empty"),
        (["x", "--server"], "which Grafana?"),
    ],
)
def test_wrong_usage_is_explained(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    assert folder.is_dir()
    assert main(["find", *arguments]) == 2
    assert problem in capsys.readouterr().err


# A server


def test_a_server_is_searched_only_where_the_command_line_says_so(
    server: MemoryGrafana, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["find", "calls_total", "d"]) == 0
    assert not server.count_requests()
    assert "stored" not in capsys.readouterr().out
    assert main(["find", "calls_total", "--server"]) == 0
    assert capsys.readouterr().out.startswith(f"{server.url}/d/stored: stored: Calls: A: metric")
    assert main(["find", "calls_total", "d", "--grafana", server.url]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def answer_with(body: Any, status: int = 200) -> Any:
    def answer(*_: Any) -> None:
        raise RefusalError(Answer(status, body))

    return answer


def test_library_panels_and_alert_rules_of_grafana_are_searched(
    server: MemoryGrafana, capsys: pytest.CaptureFixture[str]
) -> None:
    element = {"uid": "s", "name": "Shared", "model": DASHBOARD["panels"][0]}
    server.add_hook(
        "GET", "/api/library-elements", answer_with({"result": {"elements": [element]}})
    )
    rule = {
        "title": "Slow",
        "ruleGroup": "shop",
        "data": [
            {"refId": "A", "datasourceUid": "p", "model": {"expr": "rate(calls_total[5m])"}},
            {"refId": "B", "datasourceUid": "__expr__", "model": {"expression": "calls_total"}},
        ],
    }
    server.add_hook("GET", "/api/v1/provisioning/alert-rules", answer_with([rule]))
    assert main(["find", "calls_total", "--server", "--json"]) == 0
    matches = json.loads(capsys.readouterr().out)["matches"]
    assert [(match["owner"], match["panel"]) for match in matches] == [
        ("panel", "Calls"),
        ("library panel", "Shared"),
        ("alert rule", "Slow"),
    ]


def test_what_may_not_be_read_is_told_and_exits_with_4(
    server: MemoryGrafana, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = answer_with({"message": "no permission"}, 403)
    server.add_hook("GET", "/api/v1/provisioning/alert-rules", refusal)
    assert main(["find", "calls_total", "--server"]) == 4
    output = capsys.readouterr()
    assert "/d/stored" in output.out
    assert "listing the alert rules is not allowed" in output.err


@pytest.mark.parametrize(
    "body", [{}, [], {"result": 5}, {"result": {"elements": [{"name": 1}]}}, None]
)
def test_an_answer_of_another_shape_is_an_error_and_no_traceback(
    server: MemoryGrafana, capsys: pytest.CaptureFixture[str], body: Any
) -> None:
    server.add_hook("GET", "/api/library-elements", answer_with(body))
    assert main(["find", "calls_total", "--server"]) == 4
    assert "not of the form" in capsys.readouterr().err


def test_pages_of_library_panels_that_repeat_end_the_search_of_them(
    server: MemoryGrafana, capsys: pytest.CaptureFixture[str]
) -> None:
    elements = [{"uid": str(number), "name": "x", "model": {}} for number in range(100)]
    for _ in range(2):
        answer = answer_with({"result": {"elements": elements}})
        server.add_hook("GET", "/api/library-elements", answer)
    assert main(["find", "calls_total", "--server"]) == 4
    assert "page 2 repeats earlier ones" in capsys.readouterr().err
