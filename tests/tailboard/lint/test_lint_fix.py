"""`tailboard lint --fix`: which files it changes, how, and what it tells."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import GOOD_DEFINITION, Workspace

RULE_FILE = """
groups:
  - name: g # who knows why
    rules: []
"""
FIXED_RANGE_EXCLUSION = """
[[lint_exclusions]]
rule = "fixed-range"
dashboard = "bad"
panel = "First"
reason = "its recording rule has this range"
"""


def build_bad_document(**fields: Any) -> dict[str, Any]:
    """A document in which one range is fixed, one id is there twice, and one legend is missing."""
    panel = {
        "type": "timeseries",
        "title": "First",
        "description": "What it shows.",
        "id": 1,
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": "reqps"}},
        "targets": [{"refId": "A", "expr": "rate(a_total[1m])"}],
    }
    second_panel = {**panel, "title": "Second", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}}
    return {"uid": "bad", "title": "Bad", "panels": [panel, second_panel], **fields}


def list_rules(workspace: Workspace, *arguments: str) -> list[str]:
    return sorted(
        finding["rule"]
        for finding in workspace.run_tailboard("lint", *arguments, "--json").json["findings"]
    )


def test_what_can_be_mended_is_and_the_rest_decides_the_exit_code(workspace: Workspace) -> None:
    path = workspace.write_file("bad.json", json.dumps(build_bad_document()))
    run = workspace.run_tailboard("lint", "bad.json", "--fix", "--json", "--fail-on", "note")
    assert [finding["rule"] for finding in run.json["findings"]] == [
        "missing-legend",
        "missing-legend",
    ]
    assert run.exit_code == 1
    assert (
        "fixed bad.json: bad: First: A: fixed-range: rate() over a fixed range of 1m" in run.stderr
    )
    assert "fixed bad.json: bad: duplicate-id: 2 panels have the id 1" in run.stderr
    assert "3 findings fixed in 1 file" in run.stderr
    document = json.loads(path.read_bytes())
    assert document["panels"][0]["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    assert [panel["id"] for panel in document["panels"]] == [1, 2]


def test_a_second_run_changes_no_file(workspace: Workspace) -> None:
    workspace.write_file("it/bad.json", json.dumps(build_bad_document()))
    workspace.run_tailboard("lint", "it", "--fix")
    before = workspace.read_state("it")
    run = workspace.run_tailboard("lint", "it", "--fix")
    assert workspace.read_state("it") == before
    assert "0 findings fixed in 0 files" in run.stderr
    assert workspace.list_temporary_files() == []


@pytest.mark.parametrize(
    "layout",
    [
        {"indent": 2},
        {"indent": 4, "ensure_ascii": False},
        {"indent": "\t"},
        {},
        {"separators": (",", ":")},
    ],
)
@pytest.mark.parametrize("end", ["\n", "", "\r\n"])
def test_a_file_keeps_its_layout_and_the_order_of_its_keys(
    workspace: Workspace, layout: dict[str, Any], end: str
) -> None:
    text = json.dumps(build_bad_document(description="für dich \x07"), **layout) + end
    text = text.replace("\n", "\r\n") if end == "\r\n" and "indent" in layout else text
    text = text.replace("\r\r", "\r")
    path = workspace.write_file("bad.json", text.encode())
    run = workspace.run_tailboard("lint", "bad.json", "--fix")
    expected_text = text.replace("[1m]", "[$__rate_interval]")
    second = expected_text.rindex('"id"')
    expected_text = expected_text[:second] + expected_text[second:].replace("1", "2", 1)
    assert path.read_bytes().decode() == expected_text
    assert "laid out" not in run.stderr


def test_a_file_of_another_layout_is_written_anew_and_that_is_said(workspace: Workspace) -> None:
    text = json.dumps(build_bad_document(), indent=2).replace('"x": 0,\n', '"x": 0,')
    workspace.write_file("bad.json", text)
    run = workspace.run_tailboard("lint", "bad.json", "--fix")
    assert "bad.json was not laid out as JSON is written here: all its lines are new" in run.stderr


def test_a_file_keeps_its_mode_and_a_link_stays_one(workspace: Workspace) -> None:
    path = workspace.write_file("there/bad.json", json.dumps(build_bad_document()))
    path.chmod(0o600)
    link = workspace.root / "link.json"
    link.symlink_to(path)
    workspace.run_tailboard("lint", "link.json", "--fix")
    assert link.is_symlink()
    assert "$__rate_interval" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_read_only_file_is_mended_and_stays_read_only(workspace: Workspace) -> None:
    path = workspace.write_file("bad.json", json.dumps(build_bad_document()))
    path.chmod(0o444)
    workspace.run_tailboard("lint", "bad.json", "--fix")
    assert "$__rate_interval" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_the_difference_is_shown_and_nothing_is_written(workspace: Workspace) -> None:
    workspace.write_file("it/bad.json", json.dumps(build_bad_document(), indent=2))
    before = workspace.read_state("it")
    run = workspace.run_tailboard("lint", "it", "--fix", "--diff")
    assert run.exit_code == 1
    assert workspace.read_state("it") == before
    assert '-          "expr": "rate(a_total[1m])"\n' in run.stdout
    assert '+          "expr": "rate(a_total[$__rate_interval])"\n' in run.stdout
    assert run.stdout.startswith("--- it/bad.json\n+++ it/bad.json\n@@ ")
    assert "3 findings would be fixed in 1 file" in run.stderr


def test_no_difference_is_success(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    run = workspace.run_tailboard("lint", "good.py", "--diff")
    assert (run.exit_code, run.stdout) == (0, "")


def test_a_difference_is_no_report(workspace: Workspace) -> None:
    run = workspace.run_tailboard("lint", "bad.json", "--diff", "--json")
    assert run.exit_code == 2
    assert "--diff shows changes" in run.stderr


def test_what_is_excluded_everywhere_is_nowhere_mended(workspace: Workspace) -> None:
    path = workspace.write_file("bad.json", json.dumps(build_bad_document()))
    workspace.write_file("tailboard.toml", FIXED_RANGE_EXCLUSION.replace("First", "*"))
    assert "fixed-range" not in list_rules(workspace, "bad.json", "--fix")
    assert path.read_text().count("[1m]") == 2


def test_an_excluded_panel_is_left_and_the_others_are_mended(workspace: Workspace) -> None:
    path = workspace.write_file("bad.json", json.dumps(build_bad_document()))
    workspace.write_file("tailboard.toml", FIXED_RANGE_EXCLUSION.replace("First", "Second"))
    run = workspace.run_tailboard("lint", "bad.json", "--fix", "--json")
    assert "fixed-range" not in [finding["rule"] for finding in run.json["findings"]]
    first, second = json.loads(path.read_bytes())["panels"]
    assert first["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    assert second["targets"][0]["expr"] == "rate(a_total[1m])"
    assert "Second: A: fixed-range" not in run.stderr


def test_an_excluded_query_is_left_and_the_others_of_its_panel_are_mended(
    workspace: Workspace,
) -> None:
    document = build_bad_document()
    document["panels"][0]["targets"].append({"refId": "B", "expr": "rate(b_total[1m])"})
    path = workspace.write_file("bad.json", json.dumps(document))
    workspace.write_file("tailboard.toml", FIXED_RANGE_EXCLUSION + 'query = "B"\n')
    workspace.run_tailboard("lint", "bad.json", "--fix")
    first, second = json.loads(path.read_bytes())["panels"]
    expressions = [target["expr"] for target in first["targets"]]
    assert expressions == ["rate(a_total[$__rate_interval])", "rate(b_total[1m])"]
    assert second["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    before = path.read_bytes()
    workspace.run_tailboard("lint", "bad.json", "--fix")
    assert path.read_bytes() == before


def test_python_and_rule_files_are_never_changed(workspace: Workspace) -> None:
    workspace.write_file("it/own.py", f"dashboard = {build_bad_document()!r}")
    workspace.write_file("it/own.rules.yaml", RULE_FILE)
    before = workspace.read_state("it")
    run = workspace.run_tailboard("lint", "it/own.py", "it/own.rules.yaml", "--fix")
    assert workspace.read_state("it") == before
    assert "fixed-range" in run.stdout
    assert "it/own.rules.yaml is left unchanged" in run.stderr


def test_nothing_is_mended_where_one_file_cannot_be_read(workspace: Workspace) -> None:
    workspace.write_file("it/bad.json", json.dumps(build_bad_document()))
    workspace.write_file("it/broken.json", "{")
    before = workspace.read_state("it")
    assert workspace.run_tailboard("lint", "it", "--fix").exit_code == 2
    assert workspace.read_state("it") == before


def test_a_file_that_cannot_be_written_is_a_mistake_and_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.write_file("bad.json", json.dumps(build_bad_document()))

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    run = workspace.run_tailboard("lint", "bad.json", "--fix")
    assert run.exit_code == 2
    assert "bad.json cannot be written: No space left on device" in run.stderr
    assert "[1m]" in path.read_text()
    assert workspace.list_temporary_files() == []


@pytest.mark.parametrize("field", ["dashboard", "spec"])
def test_an_envelope_of_grafanas_api_stays_round_what_is_mended(
    workspace: Workspace, field: str
) -> None:
    around = {"apiVersion": "dashboard.grafana.app/v1", "metadata": {"name": "bad"}, "meta": {}}
    inner = {
        name: value
        for name, value in build_bad_document().items()
        if name != "uid" or field != "spec"
    }
    path = workspace.write_file("bad.json", json.dumps({**around, field: inner}, indent=2))
    run = workspace.run_tailboard("lint", "bad.json", "--fix")
    assert "3 findings fixed in 1 file" in run.stderr
    assert "all its lines are new" not in run.stderr
    data = json.loads(path.read_bytes())
    assert [panel["id"] for panel in data[field].pop("panels")] == [1, 2]
    inner.pop("panels")
    assert data == {**around, field: inner}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("1e999", "the number 1e999 would be inf"),
        ("0.12345678901234567890", "the number 0.12345678901234567890 would be 0.1234567890123456"),
    ],
)
def test_a_file_that_cannot_be_written_back_exactly_is_left_alone(
    workspace: Workspace, value: str, problem: str
) -> None:
    text = json.dumps(build_bad_document(extra="VALUE")).replace('"VALUE"', value)
    path = workspace.write_file("bad.json", text)
    other = workspace.write_file("other.json", json.dumps(build_bad_document(uid="other")))
    for option in ("--diff", "--fix"):
        run = workspace.run_tailboard("lint", "bad.json", "other.json", option)
        assert run.exit_code == 1
        assert f"bad.json is not fixed, since it cannot be written back exactly: {problem}" in (
            run.stderr
        )
    assert path.read_text() == text
    assert "$__rate_interval" in other.read_text()


def test_a_file_with_a_key_twice_is_refused_and_left_alone(workspace: Workspace) -> None:
    text = json.dumps(build_bad_document(extra="VALUE")).replace('"VALUE"', '{"a": 1, "a": 2}')
    path = workspace.write_file("bad.json", text)
    for option in ("--diff", "--fix"):
        run = workspace.run_tailboard("lint", "bad.json", option)
        assert run.exit_code == 2
        assert "bad.json: the key 'a' stands 2 times in one object" in run.stderr
    assert path.read_text() == text


@pytest.mark.parametrize("value", ["1.50", "1e3", "12345678901234567890", "-0.0", "[1.0, 1e-7]"])
def test_a_number_that_is_only_written_in_another_way_is_no_reason(
    workspace: Workspace, value: str
) -> None:
    text = json.dumps(build_bad_document(extra="VALUE")).replace('"VALUE"', value)
    path = workspace.write_file("bad.json", text)
    workspace.run_tailboard("lint", "bad.json", "--fix")
    assert json.loads(path.read_bytes())["extra"] == json.loads(value)
    assert "$__rate_interval" in path.read_text()
