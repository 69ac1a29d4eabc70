"""What a build must withstand: one clear sentence for each mistake, and nothing is touched."""

import os
from dataclasses import dataclass

import pytest

from tests.workspace import GOOD_DEFINITION, CommandResult, Workspace

DEFINITION_HEAD = """
from tailboard.dashboards import Dashboard, Row
from grafanalib.core import GridPos, Target, TimeSeries
from tailboard.panels import Objectives, Service, errors, kinds, latency, one_of
from tailboard.panels.conventions import FLOWER, PROMETHEUS_CLIENT, resolve_convention

def line(title, **more):
    return TimeSeries(title=title, targets=[Target(expr="up")], **more)

def board(*panels, title="Orders", uid="orders"):
    return Dashboard(title, uid=uid, rows=[Row("Golden signals", list(panels))])

"""
HEAD_LINE_COUNT = DEFINITION_HEAD.lstrip().count("\n")
"""How many lines of a definition come before what its test is about."""


@dataclass(frozen=True)
class BrokenDefinition:
    """What is wrong, and what the error has to say about it."""

    name: str
    source: str | bytes
    expected_words: tuple[str, ...]
    file: str = "broken.py"


def build_python_mistake(name: str, source: str, *expected: str) -> BrokenDefinition:
    """A mistake below the imports that definitions have."""
    return BrokenDefinition(name, DEFINITION_HEAD + source, expected)


def build_json_mistake(name: str, source: str | bytes, *expected: str) -> BrokenDefinition:
    """A mistake in a dashboard's JSON."""
    return BrokenDefinition(name, source, expected, file="broken.json")


BROKEN_DEFINITIONS = [
    # The dashboard itself
    build_python_mistake(
        "a uid too long", f"dashboard = board(uid='{'o' * 41}')", "o" * 41, "'Orders'", "40"
    ),
    build_python_mistake(
        "an illegal uid", "dashboard = board(uid='a/b')", "'a/b'", "'Orders'", "letters"
    ),
    build_python_mistake(
        "a uid in Chinese", "dashboard = board(uid='订单')", "'订单'", "'Orders'", "letters"
    ),
    build_python_mistake(
        "a uid with a newline", "dashboard = board(uid='a\\n')", "'Orders'", "letters"
    ),
    build_python_mistake(
        "a uid that is a number", "dashboard = board(uid=7)", "the uid 7", "'Orders'"
    ),
    build_python_mistake("an empty title", "dashboard = board(title='')", "no title", "name it"),
    build_python_mistake("a blank title", "dashboard = board(title=' ')", "no title", "name it"),
    build_json_mistake("an empty title in JSON", '{"title": "", "panels": []}', "title is empty"),
    build_json_mistake("no title in JSON", '{"panels": []}', "title"),
    build_python_mistake(
        "nothing that is a dashboard", "dashboard = 5", "a int is not a dashboard"
    ),
    build_python_mistake(
        "a dashboard that is None", "dashboard = None", "NoneType is not a dashboard"
    ),
    build_python_mistake(
        "a None among others", "dashboards = [board(), None]", "NoneType is not a dashboard"
    ),
    build_python_mistake(
        "a row that is a panel", "dashboard = Dashboard('X', rows=[line('P99')])", "'X'", "Row("
    ),
    build_python_mistake(
        "rows that are a number", "dashboard = Dashboard('X', rows=5)", "'X'", "a list"
    ),
    build_python_mistake(
        "panels that are a number", "dashboard = Dashboard('X', rows=[Row('R', 5)])", "'X'"
    ),
    build_python_mistake(
        "a panel that is text", "dashboard = board('P99')", "'Orders'", "'Golden signals'"
    ),
    # The layout
    build_python_mistake(
        "a panel wider than the grid",
        "dashboard = board(line('P99', gridPos=GridPos(h=8, w=30, x=0, y=0)))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "at most 24",
    ),
    build_python_mistake(
        "a flowing panel wider than the grid",
        "dashboard = board(line('P99', gridPos=GridPos(h=8, w=25, x=None, y=None)))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "at most 24",
    ),
    build_python_mistake(
        "a size wider than the grid",
        "size = kinds.grid_size(25, 8)",
        f"line {HEAD_LINE_COUNT + 1}",
        "25 columns",
        "24",
    ),
    build_python_mistake(
        "two panels in one cell",
        "cell = GridPos(h=8, w=12, x=0, y=0)\n"
        "dashboard = board(line('P50', gridPos=cell), line('P99', gridPos=cell))",
        "dashboard 'Orders'",
        "'P50'",
        "'P99'",
        "x=0, y=0",
        "move one",
    ),
    # Fields
    build_python_mistake(
        "a misspelt field of a kind",
        "kinds.timeseries('P99', [], description='', unit='s', titel='x')",
        f"line {HEAD_LINE_COUNT + 1}",
        "timeseries",
        "'titel'",
        "did you mean 'title'",
    ),
    build_python_mistake(
        "a misspelt field of grafanalib's class",
        "dashboard = board(line('P99', descriptoin='slow'))",
        "TimeSeries",
        "'descriptoin'",
        "did you mean 'description'",
    ),
    build_python_mistake(
        "a misspelt field of grafanalib's class, assigned",
        "panel = line('P99')\npanel.titel = 'x'\ndashboard = board(panel)",
        "dashboard 'Orders'",
        "panel 'P99'",
        "TimeSeries",
        "did you mean 'title'",
    ),
    build_python_mistake(
        "a misspelt field of our row, where grafanalib has a Row too",
        "Row('R', [], colapsed=True)",
        "did you mean 'collapsed'",
    ),
    build_python_mistake(
        "a misspelt field of a copy of our row",
        "import dataclasses\ndataclasses.replace(Row('R', []), colapsed=True)",
        f"line {HEAD_LINE_COUNT + 2}",
        "did you mean 'collapsed'",
    ),
    BrokenDefinition(
        "a misspelt field of grafanalib's row, where we have a Row too",
        "from grafanalib.core import Row\nRow(colapse=True)",
        ("line 2", "did you mean 'collapse'?"),
    ),
    build_python_mistake(
        "a misspelt field of our dashboard, where grafanalib has one too",
        "Dashboard('X', time_form='now-6h')",
        "did you mean 'time_from'",
    ),
    build_python_mistake(
        "a misspelt field of a service",
        "Service('a', {'job': 'a'}, PROMETHEUS_CLIENT, objectivs=3)",
        "did you mean 'objectives'",
    ),
    build_python_mistake(
        "a misspelt option of a ready-made panel",
        "s = Service('a', {'job': 'a'}, PROMETHEUS_CLIENT)\nlatency.percentiles(s, fractoins=())",
        f"line {HEAD_LINE_COUNT + 2}",
        "did you mean 'fractions'",
    ),
    # Values
    build_python_mistake(
        "an objective that is no percentile",
        "Objectives(latency={99: 1.0})",
        f"line {HEAD_LINE_COUNT + 1}",
        "99 is not a percentile",
        "0.99",
    ),
    build_python_mistake(
        "an objective of words", "Objectives(latency={'P99': 1.0})", "'P99' is not a percent"
    ),
    build_python_mistake(
        "an objective without seconds", "Objectives(latency={0.99: 'fast'})", "'fast'", "P99"
    ),
    build_python_mistake(
        "an availability in percent", "Objectives(availability=99.9)", "99.9", "0.999"
    ),
    build_python_mistake(
        "a NaN threshold",
        "kinds.stat('P99', [], description='', unit='s', thresholds=[(float('nan'), 'red')])",
        f"line {HEAD_LINE_COUNT + 1}",
        "threshold is nan",
        "finite",
    ),
    build_python_mistake(
        "a NaN in a panel of grafanalib",
        "dashboard = board(line('P99', valueMax=1, extraJson={'max': float('nan')}))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "nan",
    ),
    build_python_mistake(
        "an infinite limit",
        "dashboard = board({'type': 'stat', 'title': 'P99', 'max': float('inf')})",
        "panel 'P99'",
        "inf",
    ),
    build_python_mistake(
        "a set, which JSON cannot say",
        "dashboard = board({'type': 'stat', 'title': 'P99', 'tags': {1, 2}})",
        "panel 'P99'",
        "set",
    ),
    build_python_mistake(
        "a number of more than 64 bits",
        "dashboard = Dashboard('X', extra={'x': 2 ** 70})",
        "'X'",
        "64 bits",
    ),
    build_python_mistake("half a character", "dashboard = Dashboard('X \\ud800')", "'X "),
    build_python_mistake(
        "a label value that is a number", "Service('a', {'job': 5}, FLOWER)", "'job'", "'5'"
    ),
    build_python_mistake(
        "a label without a name", "Service('a', {'': 'a'}, FLOWER)", "'' is not a label name"
    ),
    build_python_mistake(
        "a service that selects all", "Service('a', {}, FLOWER)", "'a'", "selector="
    ),
    build_python_mistake(
        "a convention nobody knows", "resolve_convention('flowr')", "did you mean 'flower'"
    ),
    build_python_mistake(
        "a panel that the convention cannot feed",
        "dashboard = board(errors.ratio(Service('mail', {'job': 'mail'}, FLOWER)))",
        f"line {HEAD_LINE_COUNT + 1}",
        "'flower'",
        "errors.ratio",
        "expose",
    ),
    # What is declared
    BrokenDefinition(
        "nothing declared", "ORDERS = 1", ("defines nothing", "`dashboard`", "`services`")
    ),
    BrokenDefinition("an empty file", "", ("defines nothing",)),
    BrokenDefinition("no dashboards", "dashboards = []", ("defines nothing",)),
    BrokenDefinition(
        "a generator of nothing", "dashboards = (x for x in [])", ("defines nothing",)
    ),
    BrokenDefinition("our package alone", "import dashboards", ("defines nothing",)),
    BrokenDefinition(
        "a number of dashboards", "dashboards = 5", ("`dashboards` is a int", "[...]")
    ),
    BrokenDefinition("text for dashboards", "dashboards = 'x'", ("`dashboards` is a str", "[...]")),
    BrokenDefinition(
        "a function for dashboards", "def dashboards(): ...", ("is a function", "[...]")
    ),
    BrokenDefinition(
        "a service that is text", "services = ['orders']", ("`services` holds a str",)
    ),
    build_python_mistake(
        "two services of one name",
        "services = [Service(it, {'job': it}, FLOWER) for it in ('Mail', 'mail')]",
        "'Mail'",
        "'mail'",
        "a name of its own",
    ),
    # What is no Python
    BrokenDefinition("a syntax error", "x = 1\ndef (:\n", ("not Python", "line 2")),
    BrokenDefinition("a wrong indentation", "x = 1\n  y = 2\n", ("not Python", "line 2")),
    BrokenDefinition("binary", bytes(range(256)), ("not Python",)),
    BrokenDefinition("invalid UTF-8", b'x = "\xff\xfe"\n', ("not Python", "utf-8")),
    BrokenDefinition("a zero byte", b'x = "\0"\n', ("not Python", "null")),
    BrokenDefinition("another language", "SELECT 1;", ("not Python", "line 1"), file="query.py"),
    BrokenDefinition("an unknown suffix", "hello", (".txt", ".py", ".json"), file="words.txt"),
    build_json_mistake("JSON that is none", "{", "JSON", "export"),
    build_json_mistake("an empty JSON", "", "JSON", "export"),
    build_json_mistake("JSON that nests too deep", b"[" * 100_000, "JSON"),
    build_json_mistake("JSON of something else", "[1, 2]", "a list is not a dashboard"),
    build_json_mistake("JSON of package.json", '{"name": "x"}', "not a dashboard"),
    build_json_mistake("a NaN in JSON", '{"title": "X", "panels": [], "refresh": NaN}', "nan"),
    build_json_mistake("JSON without panel types", '{"title": "X", "panels": [{"id": 1}]}', "'X'"),
    build_json_mistake("JSON whose panels are text", '{"title": "X", "panels": "many"}', "'X'"),
    build_json_mistake(
        "JSON whose variables are a list", '{"title": "X", "templating": [1]}', "'X'"
    ),
    build_json_mistake("JSON whose tags are a number", '{"title": "X", "tags": 5}', "'X'"),
    build_json_mistake("JSON with half a character", r'{"title": "X \ud800"}', "'X "),
    # What a definition does
    BrokenDefinition(
        "raising", "x = 1\n\nraise ValueError('no such team')", ("line 3", "no such team")
    ),
    BrokenDefinition("raising without words", "raise ValueError", ("line 1", "ValueError")),
    BrokenDefinition(
        "dividing by zero in a function", "def f(n):\n    return 1 / n\nf(0)\n", ("line 2",)
    ),
    BrokenDefinition("importing what is not there", "import nothing_such", ("line 1", "install")),
    BrokenDefinition(
        "leaving", "import sys\nsys.exit(0)", ("line 2", "SystemExit", "take exit() out")
    ),
    BrokenDefinition("leaving by quit()", "raise SystemExit('bye')", ("line 1", "SystemExit")),
    BrokenDefinition("recursing for ever", "def f():\n    f()\nf()", ("RecursionError",)),
    BrokenDefinition(
        "an error that is no Exception", "raise GeneratorExit", ("line 1", "GeneratorExit")
    ),
    BrokenDefinition(
        "an error that cannot speak",
        "class Mute(Exception):\n    def __str__(self): raise OSError\nraise Mute",
        ("line 3", "Mute"),
    ),
    BrokenDefinition(
        "a generator that breaks half way",
        "from tailboard.dashboards import Dashboard\n"
        "def made():\n    yield Dashboard('A')\n    yield Dashboard('')\ndashboards = made()",
        ("line 4", "no title"),
    ),
]


def check_error(run: CommandResult, *words: str) -> None:
    """Exit code 2, a tip, no traceback, nothing on stdout, and these words."""
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    assert not run.stdout
    assert "Tip: " in run.stderr
    for word in words:
        assert word in run.stderr


@pytest.mark.parametrize("mistake", BROKEN_DEFINITIONS, ids=lambda mistake: mistake.name)
def test_a_mistake_is_one_clear_error_and_leaves_the_disk_as_it_was(
    mistake: BrokenDefinition, built_workspace: Workspace
) -> None:
    built_workspace.write_file(
        "good.py", (built_workspace.root / "good.py").read_text().replace("world", "changed")
    )
    before = built_workspace.read_state()
    built_workspace.write_file(mistake.file, mistake.source)
    run = built_workspace.run_tailboard("build", "good.py", mistake.file)
    check_error(run, f"{mistake.file}: ", "1 mistake; nothing was written", *mistake.expected_words)
    assert built_workspace.read_state() == before


def test_two_dashboards_with_one_uid_in_one_definition_are_both_named(
    built_workspace: Workspace,
) -> None:
    built_workspace.write_file(
        "two.py",
        """
        from tailboard.dashboards import Dashboard
        dashboards = [Dashboard("Orders", uid="shop"), Dashboard("Payments", uid="shop")]
        """,
    )
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard("build", "two.py")
    check_error(run, "two.py: ", "'Orders'", "'Payments'", "'shop'", "another uid")
    assert built_workspace.read_state() == before


def test_two_dashboards_with_one_uid_in_two_definitions_are_both_named(
    built_workspace: Workspace,
) -> None:
    for name in ("Orders", "Payments"):
        source = f"from tailboard import Dashboard\ndashboard = Dashboard('{name}', uid='shop')"
        built_workspace.write_file(f"{name.lower()}.py", source)
    run = built_workspace.run_tailboard("build", "orders.py", "payments.py")
    check_error(run, "payments.py: ", "'Payments'", "'Orders' in orders.py", "'shop'")


def test_a_uid_made_of_a_title_can_be_taken_too(built_workspace: Workspace) -> None:
    built_workspace.write_file("other.json", '{"title": "GOOD", "panels": []}')
    run = built_workspace.run_tailboard("build", "good.py", "other.json")
    check_error(run, "other.json: ", "'GOOD'", "'good'", "'Good' in good.py")


def test_every_broken_definition_is_told_of_in_one_run(built_workspace: Workspace) -> None:
    built_workspace.write_file("a.py", "1 / 0")
    built_workspace.write_file("b.py", "def (")
    built_workspace.write_file("c.json", "{")
    built_workspace.write_file(
        "d.py",
        """
        from tailboard.dashboards import Dashboard
        dashboards = [Dashboard("A"), 5, Dashboard("B"), 6.0]
        """,
    )
    built_workspace.write_file("empty/_neighbour.py", "x = 1")
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard(
        "build", "a.py", "missing.py", "b.py", "good.py", "c.json", "d.py", "empty"
    )
    check_error(
        run,
        "a.py: line 1: ZeroDivisionError",
        "missing.py: there is no such file",
        "b.py: it is not Python",
        "c.json: it cannot be read as JSON",
        "d.py: a int is not a dashboard",
        "d.py: a float is not a dashboard",
        "empty: the folder holds no definition",
        "7 mistakes; nothing was written",
    )
    assert built_workspace.read_state() == before


def test_a_document_that_cannot_be_written_is_told_of_beside_the_others(
    built_workspace: Workspace,
) -> None:
    built_workspace.write_file(
        "a.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('X \\ud800')"
    )
    built_workspace.write_file("b.py", "1 / 0")
    run = built_workspace.run_tailboard("build", "a.py", "b.py")
    check_error(run, "a.py: ", "b.py: line 1", "2 mistakes")


@pytest.mark.parametrize("command", ["build", "list", "lint"])
@pytest.mark.parametrize("name", ["a.py", "a.json"])
def test_a_pipe_or_a_device_is_no_definition(command: str, name: str, workspace: Workspace) -> None:
    os.mkfifo(workspace.root / name)
    check_error(workspace.run_tailboard(command, name), f"{name}: it is a pipe or a device")
    (workspace.root / name).unlink()
    (workspace.root / name).symlink_to("/dev/zero")
    check_error(workspace.run_tailboard(command, name), f"{name}: it is a pipe or a device")


@pytest.mark.parametrize("command", ["build", "list", "lint"])
def test_a_link_to_nothing_is_reported_as_such(command: str, workspace: Workspace) -> None:
    (workspace.root / "a.json").symlink_to("missing.json")
    run = workspace.run_tailboard(command, "a.json")
    check_error(run, "a.json: it is a symbolic link to a file that does not exist")


def test_check_refuses_json_that_build_refuses_for_its_text(workspace: Workspace) -> None:
    workspace.write_file("a.json", r'{"title": "A", "panels": [], "tags": [{"x\udc00": 1}]}')
    workspace.write_file("m.prom", "up 1\n")
    run = workspace.run_tailboard("check", "a.json", "--metrics", "m.prom")
    check_error(run, r"a.json: 'x\udc00' holds half a character", "nothing was judged")


@pytest.mark.parametrize("command", ["build", "list", "lint"])
def test_a_link_that_leads_to_itself_is_no_definition(command: str, workspace: Workspace) -> None:
    (workspace.root / "a.py").symlink_to("b.py")
    (workspace.root / "b.py").symlink_to("a.py")
    run = workspace.run_tailboard(command, "a.py")
    check_error(run, "a.py: it is a symbolic link that leads back to itself")
    (workspace.root / "folder").mkdir()
    (workspace.root / "folder/folder").symlink_to("../folder")
    workspace.write_file("folder/good.py", GOOD_DEFINITION)
    assert workspace.run_tailboard(command, "folder").exit_code == 0


@pytest.mark.parametrize("option", ["--grafana-url", "--runbook-url", "--provisioning-path"])
def test_an_option_that_is_no_text_is_one_clear_error(option: str, workspace: Workspace) -> None:
    formats = ("--format", "provisioning", "--format", "rules")
    workspace.write_file(
        "a.py",
        """
        from tailboard import Objectives, Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT
        services = [Service("a", {"job": "a"}, PROMETHEUS_CLIENT, Objectives(availability=0.9))]
        """,
    )
    run = workspace.run_tailboard("build", "a.py", option, "a\udcff", *formats)
    check_error(run, "holds '\\udcff', which is no character")
    assert not (workspace.root / "dist").exists()


def test_the_line_is_named_wherever_the_command_is_run(built_workspace: Workspace) -> None:
    path = built_workspace.write_file("far/away/broken.py", "x = 1\n1 / 0")
    for named in (path, "far/away/broken.py", "./far/../far/away/broken.py", "far"):
        run = built_workspace.run_tailboard("build", named)
        check_error(run, "broken.py: line 2: ZeroDivisionError")


def test_an_error_in_a_neighbour_names_the_line_that_leads_there(
    built_workspace: Workspace,
) -> None:
    built_workspace.write_file(
        "folder/_neighbour.py", "def fails():\n    x = 1\n    return x / 0\n"
    )
    built_workspace.write_file("folder/broken.py", "import _neighbour\n\n_neighbour.fails()\n")
    run = built_workspace.run_tailboard("build", "folder")
    check_error(run, "broken.py: line 3: ZeroDivisionError")


def test_a_neighbour_that_is_not_python_is_named(built_workspace: Workspace) -> None:
    built_workspace.write_file("folder/_neighbour.py", "x = 1\ndef (\n")
    built_workspace.write_file("folder/broken.py", "import _neighbour\n")
    run = built_workspace.run_tailboard("build", "folder")
    check_error(run, "folder/broken.py: it is not Python", "folder/_neighbour.py, line 2")


def test_an_interrupted_definition_ends_the_build_with_130(built_workspace: Workspace) -> None:
    before = built_workspace.read_state()
    built_workspace.write_file(
        "more.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('More')"
    )
    built_workspace.write_file("slow.py", "raise KeyboardInterrupt")
    run = built_workspace.run_tailboard("build", "more.py", "slow.py")
    assert run.exit_code == 130
    assert "interrupted" in run.stderr
    assert "Traceback" not in run.output
    assert built_workspace.read_state() == before


def test_a_broken_definition_leaves_no_folder_behind(workspace: Workspace) -> None:
    workspace.write_file(
        "good.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Good')"
    )
    workspace.write_file("broken.py", "1 / 0")
    run = workspace.run_tailboard("build", "good.py", "broken.py", "--out", "made/for/it")
    assert run.exit_code == 2
    assert not (workspace.root / "made").exists()


@pytest.mark.parametrize("mistake", BROKEN_DEFINITIONS, ids=lambda mistake: mistake.name)
def test_a_list_of_a_broken_definition_names_it_too(
    mistake: BrokenDefinition, workspace: Workspace
) -> None:
    workspace.write_file(mistake.file, mistake.source)
    run = workspace.run_tailboard("list", mistake.file)
    assert "Traceback" not in run.output
    if run.exit_code:  # what only fails when it is written can still be listed
        assert run.exit_code == 2
        assert f"{mistake.file}: " in run.stderr
