"""`tailboard lint --fix`: which files it changes, how, and what it tells."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.publish.workshop import GOOD, Workshop

RULE_FILE = """
groups:
  - name: g # who knows why
    rules: []
"""
FIXED_RANGE = """
[[lint_exclusions]]
rule = "fixed-range"
dashboard = "bad"
panel = "First"
reason = "its recording rule has this range"
"""


def bad(**more: Any) -> dict[str, Any]:
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
    other = {**panel, "title": "Second", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}}
    return {"uid": "bad", "title": "Bad", "panels": [panel, other], **more}


def rules(workshop: Workshop, *arguments: str) -> list[str]:
    return sorted(it["rule"] for it in workshop.tailboard("lint", *arguments, "--json").json)


def test_what_can_be_mended_is_and_the_rest_decides_the_exit_code(workshop: Workshop) -> None:
    path = workshop.write("bad.json", json.dumps(bad()))
    run = workshop.tailboard("lint", "bad.json", "--fix", "--json")
    assert [it["rule"] for it in run.json] == ["missing-legend", "missing-legend"]
    assert run.code == 1
    assert "fixed bad.json: bad: First: A: fixed-range: rate() over a fixed range of 1m" in run.err
    assert "fixed bad.json: bad: duplicate-id: 2 panels have the id 1" in run.err
    assert "3 findings fixed in 1 file" in run.err
    made = json.loads(path.read_bytes())
    assert made["panels"][0]["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    assert [it["id"] for it in made["panels"]] == [1, 2]


def test_a_second_run_changes_no_file(workshop: Workshop) -> None:
    workshop.write("it/bad.json", json.dumps(bad()))
    workshop.tailboard("lint", "it", "--fix")
    before = workshop.state("it")
    run = workshop.tailboard("lint", "it", "--fix")
    assert workshop.state("it") == before
    assert "0 findings fixed in 0 files" in run.err
    assert workshop.temporary() == []


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
    workshop: Workshop, layout: dict[str, Any], end: str
) -> None:
    text = json.dumps(bad(description="für dich \x07"), **layout) + end
    text = text.replace("\n", "\r\n") if end == "\r\n" and "indent" in layout else text
    text = text.replace("\r\r", "\r")
    path = workshop.write("bad.json", text.encode())
    run = workshop.tailboard("lint", "bad.json", "--fix")
    wanted = text.replace("[1m]", "[$__rate_interval]")
    second = wanted.rindex('"id"')
    wanted = wanted[:second] + wanted[second:].replace("1", "2", 1)
    assert path.read_bytes().decode() == wanted
    assert "laid out" not in run.err


def test_a_file_of_another_layout_is_written_anew_and_that_is_said(workshop: Workshop) -> None:
    text = json.dumps(bad(), indent=2).replace('"x": 0,\n', '"x": 0,')
    workshop.write("bad.json", text)
    run = workshop.tailboard("lint", "bad.json", "--fix")
    assert "bad.json was not laid out as JSON is written here: all its lines are new" in run.err


def test_a_file_keeps_its_mode_and_a_link_stays_one(workshop: Workshop) -> None:
    path = workshop.write("there/bad.json", json.dumps(bad()))
    path.chmod(0o600)
    link = workshop.root / "link.json"
    link.symlink_to(path)
    workshop.tailboard("lint", "link.json", "--fix")
    assert link.is_symlink()
    assert "$__rate_interval" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_difference_is_shown_and_nothing_is_written(workshop: Workshop) -> None:
    workshop.write("it/bad.json", json.dumps(bad(), indent=2))
    before = workshop.state("it")
    run = workshop.tailboard("lint", "it", "--fix", "--diff")
    assert run.code == 1
    assert workshop.state("it") == before
    assert '-          "expr": "rate(a_total[1m])"\n' in run.out
    assert '+          "expr": "rate(a_total[$__rate_interval])"\n' in run.out
    assert run.out.startswith("--- it/bad.json\n+++ it/bad.json\n@@ ")
    assert "3 findings would be fixed in 1 file" in run.err


def test_no_difference_is_success(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    run = workshop.tailboard("lint", "good.py", "--diff")
    assert (run.code, run.out) == (0, "")


def test_a_difference_is_no_report(workshop: Workshop) -> None:
    run = workshop.tailboard("lint", "bad.json", "--diff", "--json")
    assert run.code == 2
    assert "--diff shows changes" in run.err


def test_what_is_excluded_everywhere_is_nowhere_mended(workshop: Workshop) -> None:
    path = workshop.write("bad.json", json.dumps(bad()))
    workshop.write("tailboard.toml", FIXED_RANGE.replace("First", "*"))
    assert "fixed-range" not in rules(workshop, "bad.json", "--fix")
    assert path.read_text().count("[1m]") == 2


def test_an_excluded_panel_is_left_and_the_others_are_mended(workshop: Workshop) -> None:
    path = workshop.write("bad.json", json.dumps(bad()))
    workshop.write("tailboard.toml", FIXED_RANGE.replace("First", "Second"))
    run = workshop.tailboard("lint", "bad.json", "--fix", "--json")
    assert "fixed-range" not in [it["rule"] for it in run.json]
    first, second = json.loads(path.read_bytes())["panels"]
    assert first["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    assert second["targets"][0]["expr"] == "rate(a_total[1m])"
    assert "Second: A: fixed-range" not in run.err


def test_an_excluded_query_is_left_and_the_others_of_its_panel_are_mended(
    workshop: Workshop,
) -> None:
    document = bad()
    document["panels"][0]["targets"].append({"refId": "B", "expr": "rate(b_total[1m])"})
    path = workshop.write("bad.json", json.dumps(document))
    workshop.write("tailboard.toml", FIXED_RANGE + 'query = "B"\n')
    workshop.tailboard("lint", "bad.json", "--fix")
    first, second = json.loads(path.read_bytes())["panels"]
    asked = [it["expr"] for it in first["targets"]]
    assert asked == ["rate(a_total[$__rate_interval])", "rate(b_total[1m])"]
    assert second["targets"][0]["expr"] == "rate(a_total[$__rate_interval])"
    before = path.read_bytes()
    workshop.tailboard("lint", "bad.json", "--fix")
    assert path.read_bytes() == before


def test_python_and_rule_files_are_never_changed(workshop: Workshop) -> None:
    workshop.write("it/own.py", f"dashboard = {bad()!r}")
    workshop.write("it/own.rules.yaml", RULE_FILE)
    before = workshop.state("it")
    run = workshop.tailboard("lint", "it/own.py", "it/own.rules.yaml", "--fix")
    assert workshop.state("it") == before
    assert "fixed-range" in run.out
    assert "it/own.rules.yaml is left as it is" in run.err


def test_nothing_is_mended_where_one_file_cannot_be_read(workshop: Workshop) -> None:
    workshop.write("it/bad.json", json.dumps(bad()))
    workshop.write("it/broken.json", "{")
    before = workshop.state("it")
    assert workshop.tailboard("lint", "it", "--fix").code == 2
    assert workshop.state("it") == before


def test_a_file_that_cannot_be_written_is_a_mistake_and_stays(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workshop.write("bad.json", json.dumps(bad()))

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    run = workshop.tailboard("lint", "bad.json", "--fix")
    assert run.code == 2
    assert "cannot write bad.json: No space left on device" in run.err
    assert "[1m]" in path.read_text()
    assert workshop.temporary() == []


@pytest.mark.parametrize("field", ["dashboard", "spec"])
def test_an_envelope_of_grafanas_api_stays_round_what_is_mended(
    workshop: Workshop, field: str
) -> None:
    around = {"apiVersion": "dashboard.grafana.app/v1", "metadata": {"name": "bad"}, "meta": {}}
    inner = {name: it for name, it in bad().items() if name != "uid" or field != "spec"}
    path = workshop.write("bad.json", json.dumps({**around, field: inner}, indent=2))
    run = workshop.tailboard("lint", "bad.json", "--fix")
    assert "3 findings fixed in 1 file" in run.err
    assert "all its lines are new" not in run.err
    made = json.loads(path.read_bytes())
    assert [it["id"] for it in made[field].pop("panels")] == [1, 2]
    inner.pop("panels")
    assert made == {**around, field: inner}
