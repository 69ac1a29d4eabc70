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
from tailboard.cli.main import COMMANDS
from tailboard.publish.formats import FORMATS
from tests.publish.workshop import GOOD, RUN, Workshop

ESCAPE = "\x1b["


# Mistyped names


@pytest.mark.parametrize(
    ("arguments", "says"),
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
    arguments: tuple[str, ...], says: str, workshop: Workshop
) -> None:
    run = workshop.tailboard(*arguments)
    assert run.code == 2
    assert says in run.err
    assert not run.out
    assert "Traceback" not in run.err
    assert not list(workshop.root.iterdir())


def test_the_environment_is_checked_like_the_option(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAILBOARD_CONVENTION", "flowr")
    run = workshop.tailboard("build")
    assert run.code == 2
    assert "TAILBOARD_CONVENTION" in run.err
    assert "did you mean 'flower'" in run.err


def test_nothing_to_build_is_wrong_usage(workshop: Workshop) -> None:
    run = workshop.tailboard("build")
    assert run.code == 2
    assert "nothing to build" in run.err
    assert "--convention" in run.err
    assert not list(workshop.root.iterdir())


# Help and version


def test_the_version_is_said_on_stdout(workshop: Workshop) -> None:
    for option in ("--version", "-V"):
        run = workshop.tailboard(option)
        assert run.code == 0
        assert __version__ in run.out
        assert not run.err


def test_help_lists_every_command_with_its_sentence(workshop: Workshop) -> None:
    for option in ("--help", "-h"):
        run = workshop.tailboard(option)
        assert run.code == 0
        for name, sentence in COMMANDS.items():
            assert f"  {name} " in run.out
            assert sentence in run.out
        assert not run.err


def test_without_a_command_the_help_is_shown_as_wrong_usage(workshop: Workshop) -> None:
    run = workshop.tailboard()
    assert run.code == 2
    assert "Commands:" in run.err
    assert not run.out


def test_help_names_the_environment_variables(workshop: Workshop) -> None:
    shown = workshop.tailboard("build", "--help").out
    assert "TAILBOARD_OUT" in shown
    assert "TAILBOARD_CONVENTION" in shown


def test_version_does_not_import_what_only_commands_need(workshop: Workshop) -> None:
    program = """
        import sys
        from tailboard.cli.main import main
        main(["--version"])
        print([it for it in ("grafanalib", "orjson", "yaml", "rich") if it in sys.modules])
    """
    assert workshop.child(program=program).out.splitlines()[-1] == "[]"


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_installed(shell: str, workshop: Workshop) -> None:
    run = workshop.child(_TAILBOARD_COMPLETE=f"{shell}_source")
    assert run.code == 0
    assert "_TAILBOARD_COMPLETE" in run.out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tailboard bu", "build"),
        ("tailboard explain latency.perc", "latency.percentiles"),
        ("tailboard build --convention djan", "django_prometheus"),
        ("tailboard build --format imp", "import"),
    ],
)
def test_completion_knows_names(line: str, expected: str, workshop: Workshop) -> None:
    run = workshop.child(
        _TAILBOARD_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
    )
    assert f"plain,{expected}" in run.out.splitlines()


# Colours


def test_what_is_not_a_terminal_gets_no_colour(workshop: Workshop) -> None:
    assert ESCAPE not in workshop.tailboard("list").said
    assert ESCAPE not in workshop.tailboard("build", "missing.py").said


def test_force_color_colours_both_streams(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE in workshop.tailboard("list").out
    assert ESCAPE in workshop.tailboard("build", "missing.py").err


def test_no_color_beats_force_color(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in workshop.tailboard("list").said
    assert ESCAPE not in workshop.tailboard("build", "missing.py").said


def test_an_empty_no_color_says_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "")
    assert ESCAPE in workshop.tailboard("list").out


def test_json_is_never_coloured(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert workshop.tailboard("list", "--json").json


def on_a_terminal(workshop: Workshop, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run with stderr on a terminal: the exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        cwd=workshop.root,
        env={**os.environ, "TERM": "xterm", "COLORTERM": "", **environment},
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # Linux' way to say that the terminal was closed
                break
            if not chunk:
                break
            shown += chunk
        assert process.stdout is not None
        json.loads(process.stdout.read())
    os.close(ours)
    return process.returncode, shown.decode()


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_many_definitions_are_counted_on_a_terminal(
    no_color: str, colored: bool, workshop: Workshop
) -> None:
    for number in range(30):
        source = (
            f"from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Board {number}')"
        )
        workshop.write(f"defs/{number}.py", source)
    code, shown = on_a_terminal(workshop, "build", "defs", "--json", NO_COLOR=no_color)
    assert code == 0
    assert "Building" in shown
    assert "30 dashboards" in shown
    assert bool(re.search(r"\x1b\[[39][0-8][0-9;]*m", shown)) == colored


# Pipes and closed streams


@pytest.mark.parametrize("command", ["list", "list --json", "explain latency.percentiles"])
def test_a_reader_that_goes_away_sees_no_traceback(command: str, workshop: Workshop) -> None:
    program = f"{sys.executable} -c '{RUN}' {command} | head -n 1"
    done = subprocess.run(
        program, shell=True, cwd=workshop.root, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("\n") == 1
    assert not done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_does_not_keep_a_build_from_its_work(
    closed: str, workshop: Workshop
) -> None:
    workshop.write("good.py", GOOD)
    program = f"{sys.executable} -c '{RUN}' build good.py --json {closed}"
    done = subprocess.run(
        program, shell=True, cwd=workshop.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert workshop.uids() == {"good"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_terminal_without_the_characters_gets_them_escaped(
    options: tuple[str, ...], workshop: Workshop
) -> None:
    source = (
        'from tailboard.dashboards import Dashboard\ndashboard = Dashboard("订单", uid="orders")\n'
    )
    workshop.write("orders.py", source)
    run = workshop.child("list", "orders.py", *options, PYTHONIOENCODING="latin-1")
    assert run.code == 0
    assert "\\u8ba2\\u5355" in run.out
    if options:
        assert run.json[0]["summary"] == "订单"


def test_a_current_folder_that_is_gone_is_no_traceback(workshop: Workshop) -> None:
    program = "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); " + RUN
    for arguments in (("list",), ("build", "--convention", "flower")):
        run = workshop.child(*arguments, program=program)
        assert "Traceback" not in run.said
        assert run.code in {0, 2}


def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(workshop: Workshop) -> None:
    workshop.write("first.py", GOOD)
    workshop.write(
        "slow.py", "import time\nfrom pathlib import Path\nPath('here').touch()\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "build", "first.py", "slow.py"],
        cwd=workshop.root,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not (workshop.root / "here").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not (workshop.root / "dist").exists()


# list and explain


def test_list_shows_every_kind_under_its_heading(workshop: Workshop) -> None:
    shown = workshop.tailboard("list").out.splitlines()
    for heading in ("panels", "kinds", "dashboards", "conventions", "formats"):
        assert heading in shown


def test_list_of_one_kind_shows_no_other(workshop: Workshop) -> None:
    rows = workshop.tailboard("list", "--kind", "formats", "--json").json
    assert [row["name"] for row in rows] == [it.name for it in FORMATS]
    assert {row["kind"] for row in rows} == {"formats"}


def test_list_of_definitions_shows_uids_and_titles(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    assert workshop.tailboard("list", "good.py").out.split() == ["good.py", "good", "Good"]
    (row,) = workshop.tailboard("list", "good.py", "--json").json
    assert row == {"kind": "good.py", "name": "good", "summary": "Good"}
    assert not (workshop.root / "dist").exists()


BROKEN = {
    "late.py": "def made():\n    yield Dashboard('Early')\n    1 / 0\ndashboards = made()\n",
    "empty.py": "services = ()\n",
    "shape.py": "dashboards = [Dashboard('Whole'), {'title': 'Torn', 'panels': 5}]\n",
}


def test_list_goes_on_after_a_broken_definition_and_ends_with_2(workshop: Workshop) -> None:
    workshop.write("zoo.py", GOOD)
    workshop.write("broken.json", "{")
    for name, source in BROKEN.items():
        workshop.write(name, "from tailboard.dashboards import Dashboard\n" + source)
    run = workshop.tailboard("list", "broken.json", *BROKEN, "missing.py", "zoo.py", "--json")
    assert run.code == 2
    listed = [(row["kind"], row["summary"]) for row in run.json]
    assert listed == [("late.py", "Early"), ("shape.py", "Whole"), ("zoo.py", "Good")]
    for name in ("broken.json: ", "late.py: line 4: ", "empty.py: ", "shape.py: ", "missing.py: "):
        assert name in run.err
    assert "5 mistakes; what is listed is the rest" in run.err
    shown = workshop.tailboard("list", "broken.json", "zoo.py")
    assert (shown.code, shown.out.split()) == (2, ["zoo.py", "good", "Good"])


def test_a_list_of_nothing_but_a_broken_definition_is_still_json(workshop: Workshop) -> None:
    workshop.write("broken.py", "1 / 0")
    run = workshop.tailboard("list", "broken.py", "--json")
    assert (run.code, run.json) == (2, [])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("latency.percentiles", ("histogram_quantile", "prometheus_client", "P99")),
        ("flower", ("It carries:", "It does not carry:")),
        ("overview", ("(dashboard)", "Golden signals")),
        ("timeseries", ("(kind)", "thresholds")),
        ("import", ("(format)",)),
    ],
)
def test_explain_says_what_a_thing_is(name: str, says: tuple[str, ...], workshop: Workshop) -> None:
    run = workshop.tailboard("explain", name)
    assert run.code == 0
    for words in says:
        assert words in run.out
    assert not run.err


def test_a_name_of_two_things_explains_both(workshop: Workshop) -> None:
    rows = workshop.tailboard("list", "--json").json
    names = [row["name"] for row in rows]
    for name in {it for it in names if names.count(it) > 1}:
        shown = workshop.tailboard("explain", name).out
        for row in rows:
            if row["name"] == name:
                assert f"{name} ({row['kind'].removesuffix('s')})" in shown


def test_a_command_runs_in_any_folder_with_a_strange_name(workshop: Workshop) -> None:
    folder = workshop.root / "a b'c\n新"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        Path("good.py").write_text(GOOD, encoding="utf-8")
        workshop.build("good.py")
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
    arguments: tuple[str, ...], word: str, workshop: Workshop
) -> None:
    workshop.write("good.py", GOOD)
    run = workshop.tailboard(*arguments)
    assert run.code == 2
    assert word in run.err
