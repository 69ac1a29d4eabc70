"""`tailboard convert`: what is written, what is said, and the exit codes."""

import copy
import json

import pytest

from tests.tailboard.convert.wild_documents import WILD_DOCUMENTS, build_document, build_panel
from tests.workspace import Workspace


def write_json(workspace: Workspace, name: str, **fields: object) -> None:
    workspace.write_file(name, json.dumps(build_document(build_panel(), **fields)))


def test_the_only_definition_goes_to_stdout_and_builds(workspace: Workspace) -> None:
    write_json(workspace, "shop.json")
    result = workspace.run_tailboard("convert", "shop.json")
    assert result.exit_code == 0
    assert result.stdout.startswith('"""Shop:')
    workspace.write_file("shop.py", result.stdout)
    assert workspace.run_tailboard("lint", "shop.py", "--fail-on", "nothing").exit_code == 0


def test_a_folder_becomes_a_file_for_each_dashboard_named_after_it(workspace: Workspace) -> None:
    write_json(workspace, "in/a.json", uid="a")
    write_json(workspace, "in/b.json", uid="b")
    write_json(workspace, "in/c.json", uid="c", title="Redis")
    result = workspace.run_tailboard("convert", "in", "--out", "out", "--json")
    assert result.exit_code == 0
    names = ["shop.py", "shop_b.py", "dashboard_redis.py"]
    assert [dashboard["file"] for dashboard in result.json["dashboards"]] == names
    assert sorted(path.name for path in (workspace.root / "out").iterdir()) == sorted(names)
    assert "3 definitions: 3 files written in out" in result.stderr


def test_a_file_that_says_something_else_is_not_overwritten(workspace: Workspace) -> None:
    write_json(workspace, "shop.json")
    workspace.write_file("out/shop.py", "dashboard = 1\n")
    result = workspace.run_tailboard("convert", "shop.json", "--out", "out")
    assert result.exit_code == 2
    assert "would be overwritten" in result.stderr
    assert (workspace.root / "out/shop.py").read_text() == "dashboard = 1\n"
    assert workspace.run_tailboard("convert", "shop.json", "--out", "out", "--force").exit_code == 0
    again = workspace.run_tailboard("convert", "shop.json", "--out", "out")
    assert "0 files written" in again.stderr


def test_a_file_that_is_no_definition_is_never_overwritten(workspace: Workspace) -> None:
    write_json(workspace, "shop.json")
    workspace.write_file("out/shop.py", "print('a program')\n")
    result = workspace.run_tailboard("convert", "shop.json", "--out", "out", "--force")
    assert (result.exit_code, "holds no dashboard" in result.stderr) == (2, True)


def test_what_cannot_be_read_does_not_keep_the_others(workspace: Workspace) -> None:
    write_json(workspace, "in/good.json")
    workspace.write_file("in/bad.json", '{"title": ""}')
    result = workspace.run_tailboard("convert", "in", "--out", "out")
    assert result.exit_code == 4
    assert "in/bad.json cannot be converted: the JSON is not a dashboard" in result.stderr
    assert (workspace.root / "out/shop.py").exists()
    assert workspace.run_tailboard("convert", "in/bad.json").exit_code == 2


def test_a_difference_is_a_warning_and_with_strict_an_error(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailboard.convert.definition.list_link_codes", lambda _: [])
    write_json(workspace, "shop.json", links=[{"title": "x"}])
    result = workspace.run_tailboard("convert", "shop.json", "--out", "out")
    assert (result.exit_code, "links changed" in result.stderr) == (0, True)
    strict = workspace.run_tailboard("convert", "shop.json", "--out", "strict", "--strict")
    assert (strict.exit_code, "links changed" in strict.stderr) == (1, True)
    assert not (workspace.root / "strict/shop.py").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("orders",), "is no file. For a dashboard of this uid say --grafana URL"),
        (("missing.json",), "missing.json: there is no such file"),
        (("shop.py",), "is a definition in Python already"),
        (("shop.json", "other.json"), "too many for stdout"),
    ],
)
def test_wrong_usage_says_what_to_do(
    workspace: Workspace, arguments: tuple[str, ...], problem: str
) -> None:
    write_json(workspace, "shop.json")
    write_json(workspace, "other.json")
    workspace.write_file("shop.py", "dashboards = []\n")
    result = workspace.run_tailboard("convert", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_texts_of_others_never_steer_the_terminal(workspace: Workspace) -> None:
    document = copy.deepcopy(WILD_DOCUMENTS["fixed data source"])
    document |= {"title": "\x1b[31mred", "uid": "red"}
    document["panels"][0]["datasource"]["uid"] = "\x1b[2J"
    workspace.write_file("red.json", json.dumps(document))
    result = workspace.run_tailboard("convert", "red.json")
    assert "\x1b" not in result.output


def test_json_of_another_shape_is_refused_in_a_sentence(workspace: Workspace) -> None:
    panel = {**build_panel(), "targets": [{"refId": ["A"], "expr": "up"}]}
    workspace.write_file("shop.json", json.dumps(build_document(panel)))
    result = workspace.run_tailboard("convert", "shop.json")
    assert result.exit_code == 2
    assert "shop.json cannot be converted" in result.stderr
    assert "it is not shaped as a dashboard" in result.stderr
