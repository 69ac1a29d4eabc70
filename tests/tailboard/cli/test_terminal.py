"""No text of others steers the terminal, or the CI system that reads what is printed."""

import json
import re

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.cli.reports.terminal import Line, escape_lines, print_json, render_lines
from tests.steering_text import WILD_TEXTS, WILD_TITLE, find_steering
from tests.workspace import Workspace


@given(WILD_TEXTS, WILD_TEXTS)
def test_a_line_of_a_report_stays_one_line_and_steers_nothing(text: str, label: str) -> None:
    rendered_text = render_lines([text, Line(text, label=label, color="red", indent=2)])
    assert rendered_text.count("\n") == 1
    assert not find_steering(rendered_text)


@given(WILD_TEXTS)
def test_a_message_of_several_lines_steers_nothing(text: str) -> None:
    rendered_text = escape_lines(text)
    assert rendered_text.count("\n") == text.count("\n")
    assert not find_steering(rendered_text)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30))
def test_harmless_text_is_printed_unchanged(text: str) -> None:
    harmless_text = text.replace("::", "").replace("##", "")
    assert render_lines([harmless_text]) == harmless_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b]0;b\x07", r"a\x1b]0;b\x07"),
        ("a\nb\r", r"a\nb\r"),
        ("\u202ea", r"\u202ea"),
        ("\udcff", r"\udcff"),
        ("::error::a", r"\::error::a"),
        ("  ::error::a", r"  \::error::a"),
        ("a ##[error]b", r"a #\#[error]b"),
        ("a::b ## c\td", "a::b ## c\td"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
    ids=ascii,
)
def test_what_is_escaped_can_be_read(text: str, expected: str) -> None:
    assert render_lines([text]) == expected


@given(WILD_TEXTS)
def test_json_says_the_same_and_steers_nothing(text: str) -> None:
    printed_texts: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(click, "echo", printed_texts.append)
        print_json({"title": text})
    assert not find_steering(printed_texts[0])
    assert json.loads(printed_texts[0]) == {"title": text}


@pytest.fixture
def wild_workspace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A dashboard's JSON in which each text of an author steers, and an exposition."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    target = {"refId": f"A{WILD_TITLE}", "expr": f'sum(rate(x{{a="{WILD_TITLE}"}}[5m])'}
    query = {"name": WILD_TITLE, "type": "query", "query": f"label_values(gone, {WILD_TITLE})"}
    panels = [
        {"id": 1, "type": "timeseries", "title": WILD_TITLE, "targets": [target]},
        {"id": 2, "type": WILD_TITLE, "title": WILD_TITLE, "targets": [{**target, "expr": "gone"}]},
        {"id": 2, "type": "row", "title": WILD_TITLE},
    ]
    document = {
        "uid": "wild",
        "title": WILD_TITLE,
        "description": WILD_TITLE,
        "tags": [WILD_TITLE],
        "templating": {"list": [query]},
        "panels": panels,
    }
    workspace.write_file("wild.json", json.dumps(document))
    rule = {"alert": WILD_TITLE, "expr": f"a + {WILD_TITLE}", "annotations": {"a": WILD_TITLE}}
    workspace.write_file(
        "wild.yaml", json.dumps({"groups": [{"name": WILD_TITLE, "rules": [rule]}]})
    )
    workspace.write_file("metrics.prom", "a 1\n")
    return workspace


@pytest.mark.parametrize(
    "command",
    [
        "lint wild.json",
        "lint wild.yaml",
        "lint wild.json --json",
        "lint wild.json --sarif",
        "lint wild.json --diff",
        "check wild.json --metrics metrics.prom",
        "check wild.yaml --metrics metrics.prom",
        "check wild.json --metrics metrics.prom --json",
        "list wild.json",
        "list wild.json --json",
        "build wild.json",
        "build wild.json --json",
    ],
)
def test_no_command_lets_a_document_steer(command: str, wild_workspace: Workspace) -> None:
    run = wild_workspace.run_tailboard(*command.split())
    assert run.exit_code in {0, 1, 2}
    assert not find_steering(run.stdout)
    assert not find_steering(run.stderr)


def test_annotations_for_github_are_only_our_own(wild_workspace: Workspace) -> None:
    run = wild_workspace.run_tailboard("lint", "wild.json", "--github")
    assert not find_steering(run.stdout, has_commands=True)
    commands = run.stdout.splitlines()
    assert commands
    for command in commands:
        assert re.match(
            r"::(error|warning|notice) file=wild\.json,line=\d+,title=[a-z-]+::", command
        )


@pytest.mark.parametrize("name", ["::error::a.json", "a\x1b]0;b\x07.json", "a\u202eb.json"])
@pytest.mark.parametrize("command", ["lint", "list", "check --metrics metrics.prom"])
def test_no_name_of_a_file_steers(command: str, name: str, wild_workspace: Workspace) -> None:
    (wild_workspace.root / "wild.json").rename(wild_workspace.root / name)
    for path in (name, f"missing{name}"):
        run = wild_workspace.run_tailboard(*command.split(), path)
        assert not find_steering(run.stdout)
        assert not find_steering(run.stderr)
