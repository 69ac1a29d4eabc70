"""Settings of a project, and what wins over them."""

import contextlib
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard import settings
from tailboard.cli.main import COMMANDS
from tailboard.publish.errors import TailboardError
from tests.workspace import GOOD_DEFINITION, CommandResult, Workspace

CONVENTION_SETTING = 'convention = "rq_exporter"\n'


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """A folder with a definition and no settings yet."""
    workspace.write_file("good.py", GOOD_DEFINITION)
    return workspace


def list_written_files(run: CommandResult) -> list[str]:
    """What a build wrote, from its summary."""
    assert run.exit_code == 0, run.output
    summary = run.json
    return [f"{Path(summary['out']).name}/{path}" for path in summary["written"]]


def run_build(workspace: Workspace, *options: str | Path) -> list[str]:
    return list_written_files(workspace.run_tailboard("build", "--json", *options))


@pytest.mark.parametrize(
    ("file", "heading"), [("tailboard.toml", ""), ("pyproject.toml", "[tool.tailboard]\n")]
)
def test_settings_may_stand_in_either_file(file: str, heading: str, project: Workspace) -> None:
    project.write_file(
        file, heading + 'definitions = ["good.py"]\nout = "made"\nformat = ["import"]\n'
    )
    assert run_build(project) == ["made/import/good.json"]


def test_tailboard_toml_wins_over_pyproject(project: Workspace) -> None:
    project.write_file("pyproject.toml", '[tool.tailboard]\nout = "one"\n')
    project.write_file("tailboard.toml", 'out = "other"\n')
    assert run_build(project, "good.py") == ["other/dashboards/good.json"]


def test_a_pyproject_of_other_tools_says_nothing(project: Workspace) -> None:
    project.write_file("tailboard.toml", 'definitions = ["good.py"]\n')
    project.write_file("below/pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(project.root / "below")
        assert run_build(project) == ["dist/dashboards/good.json"]


def test_paths_are_relative_to_the_file_wherever_the_command_is_run(project: Workspace) -> None:
    project.write_file("tailboard.toml", 'definitions = ["good.py"]\nout = "made"\n')
    (project.root / "deep/below").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(project.root / "deep/below")
        assert run_build(project) == ["made/dashboards/good.json"]
    assert (project.root / "made/dashboards/good.json").is_file()


def test_an_absolute_path_stays_what_it_is(project: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "far/away"
    project.write_file("below/tailboard.toml", f"out = {json.dumps(str(out))}\n")
    assert settings.read_settings(tmp_path / "below")["out"] == str(out)


def test_each_setting_is_obeyed(project: Workspace) -> None:
    project.write_file(
        "tailboard.toml",
        """
        definitions = ["good.py"]
        format = ["provisioning", "api"]
        prometheus_url = "http://prometheus.example"
        provisioning_path = "/srv/grafana"
        scrape_interval = "7s"
        """,
    )
    assert "dist/dashboards/good.json" in run_build(project)
    root = project.root / "dist/provisioning"
    source = (root / "datasources/tailboard.yaml").read_text()
    assert "http://prometheus.example" in source
    assert "7s" in source
    assert "/srv/grafana/dashboards" in (root / "dashboards/tailboard.yaml").read_text()


def test_the_convention_of_the_settings_is_built(workspace: Workspace) -> None:
    workspace.write_file("tailboard.toml", CONVENTION_SETTING)
    assert "dist/dashboards/all-services-workers.json" in run_build(workspace)


@pytest.mark.parametrize("value", ['"import"', '["import"]'])
def test_one_format_needs_no_list(value: str, project: Workspace) -> None:
    project.write_file("tailboard.toml", f'definitions = "good.py"\nformat = {value}\n')
    assert run_build(project) == ["dist/import/good.json"]


# Precedence: option, environment, file


def test_an_option_wins_over_the_environment_and_that_over_the_file(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_file("tailboard.toml", 'out = "of-file"\n')
    assert run_build(project, "good.py") == ["of-file/dashboards/good.json"]
    monkeypatch.setenv("TAILBOARD_OUT", "of-environment")
    assert run_build(project, "good.py") == ["of-environment/dashboards/good.json"]
    assert run_build(project, "good.py", "--out", "of-option") == ["of-option/dashboards/good.json"]


def test_a_format_that_is_asked_for_wins_over_the_file(project: Workspace) -> None:
    project.write_file("tailboard.toml", 'format = ["import"]\n')
    assert run_build(project, "good.py", "--format", "api") == ["dist/dashboards/good.json"]


def test_the_convention_of_the_environment_wins_over_that_of_the_file(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write_file("tailboard.toml", CONVENTION_SETTING)
    monkeypatch.setenv("TAILBOARD_CONVENTION", "postgres_exporter")
    paths = run_build(workspace)
    assert "dist/dashboards/all-services-dependencies.json" in paths
    assert "dist/dashboards/all-services-workers.json" not in paths


def test_definitions_that_are_named_win_over_every_convention(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_file("tailboard.toml", CONVENTION_SETTING)
    monkeypatch.setenv("TAILBOARD_CONVENTION", "postgres_exporter")
    assert run_build(project, "good.py") == ["dist/dashboards/good.json"]


def test_a_convention_that_is_asked_for_wins_over_the_definitions_of_the_file(
    project: Workspace,
) -> None:
    project.write_file("tailboard.toml", 'definitions = ["good.py"]\n')
    paths = run_build(project, "--convention", "rq_exporter")
    assert "dist/dashboards/all-services-workers.json" in paths
    assert "dist/dashboards/good.json" not in paths


def test_of_both_in_the_file_the_definitions_win(project: Workspace) -> None:
    project.write_file("tailboard.toml", 'definitions = ["good.py"]\n' + CONVENTION_SETTING)
    assert run_build(project) == ["dist/dashboards/good.json"]


def test_list_without_definitions_shows_the_catalogue_whatever_the_settings(
    project: Workspace,
) -> None:
    project.write_file("tailboard.toml", 'definitions = ["good.py"]\n')
    assert "latency.percentiles" in project.run_tailboard("list").stdout


# Mistakes


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('definitons = ["good.py"]', ("'definitons'", "did you mean 'definitions'")),
        ('token = "hidden"', ("'token'", "secrets come from the environment")),
        ('colour = "red"', ("'colour'", "choose one of")),
        ("out = 3", ("'out'", 'out = "..."')),
        ('out = ["a", "b"]', ("'out'", 'out = "..."')),
        ("definitions = [3]", ("'definitions'", 'definitions = ["..."]')),
        ("definitions = 3", ("'definitions'", 'definitions = ["..."]')),
        ("convention = true", ("'convention'", 'convention = "..."')),
        ("scrape_interval = 15", ("'scrape_interval'", 'scrape_interval = "..."')),
        ("[format]\nx = 1", ("'format'", 'format = ["..."]')),
        ("not TOML", ("the settings", "cannot be read", "line 1")),
        (
            b"\xff\xfe",
            (
                "the settings",
                "cannot be read",
            ),
        ),
        ('out = "a\\u0000b"', ("'out'", "NUL")),
        ('definitions = ["good.py", "\\u0000"]', ("'definitions'", "NUL")),
        ('grafana_url = "http://a\\u0000"', ("'grafana_url'", "NUL")),
        ('out = "a\0b"', ("the settings", "cannot be read", "line 1")),
        ('out = "\\ud800"', ("the settings", "cannot be read", "line 1")),
        ("out = " + "[" * 20_000 + "]" * 20_000, ("nested too deeply",)),
        ("out = " + "{a = " * 20_000 + "1" + "}" * 20_000, ("nested too deeply",)),
        ("[out" + ".a" * 20_000 + "]", ("nested too deeply",)),
        ("out" + ' . "a"' * 20_000 + " = 1", ("nested too deeply",)),
        (
            "out = " + "9" * 9999,
            (
                "the settings",
                "cannot be read",
            ),
        ),
        ("out = [" + "1," * 9999 + "]", ("'out'", "[1, 1, ", "...")),
        ("#" * 5 * 1024**2, ("larger than 4 MiB",)),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_wrong_setting_is_one_clear_error_that_names_the_file(
    content: str | bytes, expected: tuple[str, ...], project: Workspace
) -> None:
    path = project.write_file("tailboard.toml", content)
    run = project.run_tailboard("build", "good.py")
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    for words in (str(path), *expected):
        assert words in run.stderr
    assert len(run.stderr) < 1000
    assert not (project.root / "dist").exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('convention = "flowr"', "did you mean 'flower'"),
        ('format = ["improt"]', "did you mean 'import'"),
    ],
)
def test_a_wrong_choice_in_the_settings_gives_the_nearest_name(
    content: str, expected: str, workspace: Workspace
) -> None:
    workspace.write_file("tailboard.toml", content)
    run = (
        workspace.run_tailboard("build", "--convention", "flower") if "format" in content else None
    )
    run = run or workspace.run_tailboard("build")
    assert run.exit_code == 2
    assert expected in run.stderr


@pytest.mark.parametrize("content", ["tool = 3", "[tool]\ntailboard = 3", "[tool.tailboard]"])
def test_a_pyproject_without_our_table_says_nothing(content: str, project: Workspace) -> None:
    project.write_file("pyproject.toml", content)
    assert run_build(project, "good.py") == ["dist/dashboards/good.json"]


def test_settings_that_are_a_folder_are_one_clear_error(project: Workspace) -> None:
    (project.root / "tailboard.toml").mkdir()
    run = project.run_tailboard("build", "good.py")
    assert run.exit_code == 2
    assert "tailboard.toml" in run.stderr
    assert "Traceback" not in run.output


@pytest.mark.parametrize("name", ["tailboard.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "long loop"])
def test_settings_that_are_no_file_are_one_clear_error(
    kind: str, name: str, project: Workspace
) -> None:
    path = project.root / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(name if kind == "loop" else "other")
        (project.root / "other").symlink_to(name)
    run = project.run_tailboard("build", "good.py")
    assert run.exit_code == 2
    assert run.stderr.startswith(f"Error: the settings in {path} cannot be read: ")
    assert run.stderr.count("\n") == 1


@given(st.text(st.sampled_from("ab[]{}=.,'\"\n\0\\ \ud800"), max_size=60))
def test_no_settings_end_in_a_traceback(content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tailboard.toml").write_bytes(content.encode("utf-8", "surrogatepass"))
        with contextlib.suppress(TailboardError):
            assert settings.read_settings(Path(folder)) == {}


BROKEN_SETTINGS = ["not TOML", 'colour = "red"', b"\xff\xfe"]


@pytest.mark.parametrize("content", BROKEN_SETTINGS)
def test_a_broken_settings_file_does_not_keep_help_and_version_away(
    content: str | bytes, workspace: Workspace
) -> None:
    workspace.write_file("tailboard.toml", content)
    assert workspace.run_tailboard("--version").exit_code == 0
    assert workspace.run_tailboard("--help").exit_code == 0
    for command in COMMANDS:
        for option in ("--help", "-h"):
            run = workspace.run_tailboard(command, option)
            assert (run.exit_code, run.stderr) == (0, "")
            assert f"Usage: tailboard {command}" in run.stdout


def test_a_broken_settings_file_does_not_keep_completion_away(workspace: Workspace) -> None:
    workspace.write_file("tailboard.toml", "not TOML")
    for line, word in (("tailboard bu", "build"), ("tailboard build --format im", "import")):
        run = workspace.run_process(
            _TAILBOARD_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(line.count(" "))
        )
        assert f"plain,{word}" in run.stdout.splitlines()
        assert not run.stderr


def test_a_command_without_settings_does_not_mind_a_broken_file(workspace: Workspace) -> None:
    workspace.write_file("tailboard.toml", "not TOML")
    assert workspace.run_tailboard("explain", "latency.percentiles").exit_code == 0


@pytest.mark.parametrize("arguments", [("lint", "good.py"), ("list",), ("plan", "good.py")])
def test_a_command_with_settings_names_the_broken_file(
    arguments: tuple[str, ...], project: Workspace
) -> None:
    path = project.write_file("tailboard.toml", "not TOML")
    run = project.run_tailboard(*arguments)
    assert run.exit_code == 2
    assert f"the settings in {path} cannot be read: " in run.stderr
    assert not run.stdout


def test_help_shows_the_defaults_that_the_settings_make(project: Workspace) -> None:
    project.write_file("tailboard.toml", 'out = "made"\n')
    assert "/made" in "".join(project.run_tailboard("build", "--help").stdout.split())
