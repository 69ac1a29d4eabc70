"""The command line: names, help, colours, pipes, exit codes."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tailboard import __version__
from tailboard.catalogue import ENTRY_LISTS
from tailboard.cli.main import COMMANDS
from tailboard.publish.formats import FORMATS
from tests.slow_marks import mark_slow
from tests.workspace import GOOD_DEFINITION, RUN_PROGRAM, Workspace

ESCAPE = "\x1b["


# Mistyped names


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("buidl",), "did you mean 'build'"),
        (("Build",), "did you mean 'build'"),
        (("xyzzy",), f"choose one of: {', '.join(sorted(COMMANDS))}"),
        (("build", "--formt", "api"), "--format"),
        (("build", "--chek"), "--check"),
        (("list", "--knd", "panels"), "--kind"),
        (("build", "--convention", "flowr"), "did you mean 'flower'"),
        (("build", "--convention", "prometheus-client"), "did you mean 'prometheus_client'"),
        (("build", "--format", "improt"), "did you mean 'import'"),
        (("list", "--kind", "pannels"), "did you mean 'panels'"),
        (("explain", "latency.percentile"), "did you mean 'latency.percentiles'"),
        (("explain", "flowr"), "did you mean 'flower'"),
        (("explain", ""), "tailboard list"),
        (("explain",), "NAME"),
        (("explain", "flower", "rq_exporter"), "rq_exporter"),
        (("--vers",), "--version"),
    ],
)
def test_a_mistyped_name_is_wrong_usage_and_gets_the_nearest(
    arguments: tuple[str, ...], expected: str, workspace: Workspace
) -> None:
    run = workspace.run_tailboard(*arguments)
    assert run.exit_code == 2
    assert expected in run.stderr
    assert not run.stdout
    assert "Traceback" not in run.stderr
    assert not list(workspace.root.iterdir())


def test_the_environment_is_checked_like_the_option(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAILBOARD_CONVENTION", "flowr")
    run = workspace.run_tailboard("build")
    assert run.exit_code == 2
    assert "TAILBOARD_CONVENTION" in run.stderr
    assert "did you mean 'flower'" in run.stderr


def test_nothing_to_build_is_wrong_usage(workspace: Workspace) -> None:
    run = workspace.run_tailboard("build")
    assert run.exit_code == 2
    assert "nothing to build" in run.stderr
    assert "--convention" in run.stderr
    assert not list(workspace.root.iterdir())


# Help and version


def test_the_version_is_said_on_stdout(workspace: Workspace) -> None:
    for option in ("--version", "-V"):
        run = workspace.run_tailboard(option)
        assert run.exit_code == 0
        assert __version__ in run.stdout
        assert not run.stderr


def test_help_lists_every_command_with_its_sentence(workspace: Workspace) -> None:
    for option in ("--help", "-h"):
        run = workspace.run_tailboard(option)
        assert run.exit_code == 0
        for name, sentence in COMMANDS.items():
            assert f"  {name} " in run.stdout
            assert sentence in run.stdout
        assert not run.stderr


def test_without_a_command_the_help_is_shown_as_wrong_usage(workspace: Workspace) -> None:
    run = workspace.run_tailboard()
    assert run.exit_code == 2
    assert "Commands:" in run.stderr
    assert not run.stdout


def test_help_names_the_environment_variables(workspace: Workspace) -> None:
    output = workspace.run_tailboard("build", "--help").stdout
    assert "TAILBOARD_OUT" in output
    assert "TAILBOARD_CONVENTION" in output


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_installed(shell: str, workspace: Workspace) -> None:
    run = workspace.run_process(_TAILBOARD_COMPLETE=f"{shell}_source")
    assert run.exit_code == 0
    assert "_TAILBOARD_COMPLETE" in run.stdout


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tailboard bu", "build"),
        ("tailboard explain latency.perc", "latency.percentiles"),
        ("tailboard build --convention djan", "django_prometheus"),
        ("tailboard build --format imp", "import"),
    ],
)
def test_completion_knows_names(line: str, expected: str, workspace: Workspace) -> None:
    run = workspace.run_process(
        _TAILBOARD_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
    )
    assert f"plain,{expected}" in run.stdout.splitlines()


# Colours


def test_what_is_not_a_terminal_gets_no_colour(workspace: Workspace) -> None:
    assert ESCAPE not in workspace.run_tailboard("list").output
    assert ESCAPE not in workspace.run_tailboard("build", "missing.py").output


def test_force_color_colours_both_streams(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE in workspace.run_tailboard("list").stdout
    assert ESCAPE in workspace.run_tailboard("build", "missing.py").stderr


def test_no_color_beats_force_color(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in workspace.run_tailboard("list").output
    assert ESCAPE not in workspace.run_tailboard("build", "missing.py").output


def test_an_empty_no_color_says_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "")
    assert ESCAPE in workspace.run_tailboard("list").stdout


def test_json_is_never_coloured(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert workspace.run_tailboard("list", "--json").json


def run_on_terminal(workspace: Workspace, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run with stderr on a terminal: the exit code and what the terminal showed."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", RUN_PROGRAM, *arguments],
        cwd=workspace.root,
        env={**os.environ, "TERM": "xterm", "COLORTERM": "", **environment},
        stdout=subprocess.PIPE,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        output = b""
        while True:
            try:
                chunk = os.read(controller, 4096)
            except OSError:  # Linux' way to say that the terminal was closed
                break
            if not chunk:
                break
            output += chunk
        assert process.stdout is not None
        json.loads(process.stdout.read())
    os.close(controller)
    return process.returncode, output.decode()


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_many_definitions_are_counted_on_a_terminal(
    no_color: str, colored: bool, workspace: Workspace
) -> None:
    for number in range(30):
        source = (
            f"from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Board {number}')"
        )
        workspace.write_file(f"defs/{number}.py", source)
    code, output = run_on_terminal(workspace, "build", "defs", "--json", NO_COLOR=no_color)
    assert code == 0
    assert "Building" in output
    assert "30 dashboards" in output
    assert bool(re.search(r"\x1b\[[39][0-8][0-9;]*m", output)) == colored


# Pipes and closed streams


READ_COMMANDS = ("list", "list --json", "explain latency.percentiles")


@pytest.mark.parametrize("command", mark_slow(READ_COMMANDS, ["list"]))
def test_a_reader_that_goes_away_sees_no_traceback(command: str, workspace: Workspace) -> None:
    program = f"{sys.executable} -c '{RUN_PROGRAM}' {command} | head -n 1"
    process = subprocess.run(
        program, shell=True, cwd=workspace.root, capture_output=True, text=True, check=False
    )
    assert process.stdout.count("\n") == 1
    assert not process.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_does_not_keep_a_build_from_its_work(
    closed: str, workspace: Workspace
) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    program = f"{sys.executable} -c '{RUN_PROGRAM}' build good.py --json {closed}"
    process = subprocess.run(
        program, shell=True, cwd=workspace.root, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0
    assert "Traceback" not in process.stderr
    assert workspace.list_uids() == {"good"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_terminal_without_the_characters_gets_them_escaped(
    options: tuple[str, ...], workspace: Workspace
) -> None:
    source = (
        'from tailboard.dashboards import Dashboard\ndashboard = Dashboard("订单", uid="orders")\n'
    )
    workspace.write_file("orders.py", source)
    run = workspace.run_process("list", "orders.py", *options, PYTHONIOENCODING="latin-1")
    assert run.exit_code == 0
    assert "\\u8ba2\\u5355" in run.stdout
    if options:
        assert run.json["entries"][0]["summary"] == "订单"


def test_a_current_folder_that_is_gone_is_no_traceback(workspace: Workspace) -> None:
    program = "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); " + RUN_PROGRAM
    for arguments in (("list",), ("build", "--convention", "flower")):
        run = workspace.run_process(*arguments, program=program)
        assert "Traceback" not in run.output
        assert run.exit_code in {0, 2}


def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(workspace: Workspace) -> None:
    workspace.write_file("first.py", GOOD_DEFINITION)
    workspace.write_file(
        "slow.py", "import time\nfrom pathlib import Path\nPath('here').touch()\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", RUN_PROGRAM, "build", "first.py", "slow.py"],
        cwd=workspace.root,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not (workspace.root / "here").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in text
    assert "Traceback" not in text
    assert not (workspace.root / "dist").exists()


# list and explain


def test_list_shows_every_kind_under_its_heading(workspace: Workspace) -> None:
    lines = workspace.run_tailboard("list").stdout.splitlines()
    for heading in ("panels", "kinds", "dashboards", "conventions", "formats"):
        assert heading in lines


def test_list_of_one_kind_shows_no_other(workspace: Workspace) -> None:
    rows = workspace.run_tailboard("list", "--kind", "formats", "--json").json["entries"]
    assert [row["name"] for row in rows] == [output_format.name for output_format in FORMATS]
    assert {row["kind"] for row in rows} == {"formats"}


def test_list_of_definitions_shows_uids_and_titles(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    assert workspace.run_tailboard("list", "good.py").stdout.split() == ["good.py", "good", "Good"]
    (row,) = workspace.run_tailboard("list", "good.py", "--json").json["entries"]
    assert row == {"kind": "good.py", "name": "good", "summary": "Good"}
    assert not (workspace.root / "dist").exists()


BROKEN_FILES = {
    "late.py": "def made():\n    yield Dashboard('Early')\n    1 / 0\ndashboards = made()\n",
    "empty.py": "services = ()\n",
    "shape.py": "dashboards = [Dashboard('Whole'), {'title': 'Torn', 'panels': 5}]\n",
}


def test_list_goes_on_after_a_broken_definition_and_ends_with_2(workspace: Workspace) -> None:
    workspace.write_file("zoo.py", GOOD_DEFINITION)
    workspace.write_file("broken.json", "{")
    for name, source in BROKEN_FILES.items():
        workspace.write_file(name, "from tailboard.dashboards import Dashboard\n" + source)
    run = workspace.run_tailboard(
        "list", "broken.json", *BROKEN_FILES, "missing.py", "zoo.py", "--json"
    )
    assert run.exit_code == 2
    listed = [(row["kind"], row["summary"]) for row in run.json["entries"]]
    assert listed == [("late.py", "Early"), ("shape.py", "Whole"), ("zoo.py", "Good")]
    for name in ("broken.json: ", "late.py: line 4: ", "empty.py: ", "shape.py: ", "missing.py: "):
        assert name in run.stderr
    assert "5 mistakes; what is listed is the rest" in run.stderr
    result = workspace.run_tailboard("list", "broken.json", "zoo.py")
    assert (result.exit_code, result.stdout.split()) == (2, ["zoo.py", "good", "Good"])


def test_a_list_of_nothing_but_a_broken_definition_is_still_json(workspace: Workspace) -> None:
    workspace.write_file("broken.py", "1 / 0")
    run = workspace.run_tailboard("list", "broken.py", "--json")
    assert (run.exit_code, run.json["entries"]) == (2, [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("latency.percentiles", ("histogram_quantile", "prometheus_client", "P99")),
        ("flower", ("It carries:", "It does not carry:")),
        ("flask_exporter", ("Failures are 5xx; 4xx the clients'.",)),
        ("otel_rpc", ("Failures are INTERNAL, UNAVAILABLE, ", "UNAUTHENTICATED the clients'.")),
        ("overview", ("(dashboard)", "Golden signals")),
        ("timeseries", ("(kind)", "thresholds")),
        ("import", ("(format)",)),
    ],
)
def test_explain_says_what_a_thing_is(
    name: str, expected: tuple[str, ...], workspace: Workspace
) -> None:
    run = workspace.run_tailboard("explain", name)
    assert run.exit_code == 0
    for words in expected:
        assert words in run.stdout
    assert not run.stderr


def test_signatures_are_written_with_short_names(workspace: Workspace) -> None:
    signature = (
        "latency.percentiles(service: Service, *, "
        "fractions: Sequence[float] = (0.5, 0.95, 0.99)) -> TimeSeries"
    )
    run = workspace.run_tailboard("explain", "latency.percentiles")
    assert signature in run.stdout.splitlines()
    for kind in ("panels", "kinds", "dashboards"):
        for entry in ENTRY_LISTS[kind]():
            text = workspace.run_tailboard("explain", entry.name).stdout
            [signature] = re.findall(rf"^{re.escape(entry.name)}\(.*\n", text, re.MULTILINE)[-1:]
            assert not re.search(r"[\w.]+\.[A-Z]", signature.removeprefix(entry.name))


def test_a_name_of_two_things_explains_both(workspace: Workspace) -> None:
    rows = workspace.run_tailboard("list", "--json").json["entries"]
    names = [row["name"] for row in rows]
    for name in {name for name in names if names.count(name) > 1}:
        output = workspace.run_tailboard("explain", name).stdout
        for row in rows:
            if row["name"] == name:
                assert f"{name} ({row['kind'].removesuffix('s')})" in output


def test_a_command_runs_in_any_folder_with_a_strange_name(workspace: Workspace) -> None:
    folder = workspace.root / "a b'c\n新"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        Path("good.py").write_text(GOOD_DEFINITION, encoding="utf-8")
        workspace.run_build("good.py")
    assert (folder / "dist/dashboards/good.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("build", "good.py", "--convention", "dramatiq"), "leave one out"),
        (("list", "good.py", "--kind", "panels"), "leave the definitions out"),
        (("build", "good.py", "--scrape-interval", "banana"), "such as 15s"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    arguments: tuple[str, ...], word: str, workspace: Workspace
) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    run = workspace.run_tailboard(*arguments)
    assert run.exit_code == 2
    assert word in run.stderr
