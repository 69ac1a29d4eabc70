"""What a build must withstand: one clear sentence for each mistake, and nothing is touched."""

from dataclasses import dataclass

import pytest

from tests.publish.workshop import Run, Workshop

HEAD = """
from tailboard.dashboards import Dashboard, Row
from grafanalib.core import GridPos, Target, TimeSeries
from tailboard.panels import Objectives, Service, errors, kinds, latency, one_of
from tailboard.panels.conventions import FLOWER, PROMETHEUS_CLIENT, convention

def line(title, **more):
    return TimeSeries(title=title, targets=[Target(expr="up")], **more)

def board(*panels, title="Orders", uid="orders"):
    return Dashboard(title, uid=uid, rows=[Row("Golden signals", list(panels))])

"""
LINES = HEAD.lstrip().count("\n")
"""How many lines of a definition come before what its test is about."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and what the error has to say about it."""

    name: str
    source: str | bytes
    says: tuple[str, ...]
    file: str = "broken.py"


def python(name: str, source: str, *says: str) -> Mistake:
    """A mistake below the imports that definitions have."""
    return Mistake(name, HEAD + source, says)


def json_(name: str, source: str | bytes, *says: str) -> Mistake:
    """A mistake in a dashboard's JSON."""
    return Mistake(name, source, says, file="broken.json")


MISTAKES = [
    # The dashboard itself
    python("a uid too long", f"dashboard = board(uid='{'o' * 41}')", "o" * 41, "'Orders'", "40"),
    python("an illegal uid", "dashboard = board(uid='a/b')", "'a/b'", "'Orders'", "letters"),
    python("a uid in Chinese", "dashboard = board(uid='订单')", "'订单'", "'Orders'", "letters"),
    python("a uid with a newline", "dashboard = board(uid='a\\n')", "'Orders'", "letters"),
    python("a uid that is a number", "dashboard = board(uid=7)", "the uid 7", "'Orders'"),
    python("an empty title", "dashboard = board(title='')", "no title", "name it"),
    python("a blank title", "dashboard = board(title=' ')", "no title", "name it"),
    json_("an empty title in JSON", '{"title": "", "panels": []}', "title is empty"),
    json_("no title in JSON", '{"panels": []}', "title"),
    python("nothing that is a dashboard", "dashboard = 5", "a int is not a dashboard"),
    python("a dashboard that is None", "dashboard = None", "NoneType is not a dashboard"),
    python("a None among others", "dashboards = [board(), None]", "NoneType is not a dashboard"),
    python(
        "a row that is a panel", "dashboard = Dashboard('X', rows=[line('P99')])", "'X'", "Row("
    ),
    python("rows that are a number", "dashboard = Dashboard('X', rows=5)", "'X'", "a list"),
    python("panels that are a number", "dashboard = Dashboard('X', rows=[Row('R', 5)])", "'X'"),
    python("a panel that is text", "dashboard = board('P99')", "'Orders'", "'Golden signals'"),
    # The layout
    python(
        "a panel wider than the grid",
        "dashboard = board(line('P99', gridPos=GridPos(h=8, w=30, x=0, y=0)))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "at most 24",
    ),
    python(
        "a flowing panel wider than the grid",
        "dashboard = board(line('P99', gridPos=GridPos(h=8, w=25, x=None, y=None)))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "at most 24",
    ),
    python(
        "a size wider than the grid",
        "size = kinds.grid_size(25, 8)",
        f"line {LINES + 1}",
        "25 columns",
        "24",
    ),
    python(
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
    python(
        "a misspelt field of a kind",
        "kinds.timeseries('P99', [], description='', unit='s', titel='x')",
        f"line {LINES + 1}",
        "timeseries",
        "'titel'",
        "did you mean 'title'",
    ),
    python(
        "a misspelt field of grafanalib's class",
        "dashboard = board(line('P99', descriptoin='slow'))",
        "TimeSeries",
        "'descriptoin'",
        "did you mean 'description'",
    ),
    python(
        "a misspelt field of grafanalib's class, assigned",
        "panel = line('P99')\npanel.titel = 'x'\ndashboard = board(panel)",
        "dashboard 'Orders'",
        "panel 'P99'",
        "TimeSeries",
        "did you mean 'title'",
    ),
    python(
        "a misspelt field of our row, where grafanalib has a Row too",
        "Row('R', [], colapsed=True)",
        "did you mean 'collapsed'",
    ),
    python(
        "a misspelt field of a copy of our row",
        "import dataclasses\ndataclasses.replace(Row('R', []), colapsed=True)",
        f"line {LINES + 2}",
        "did you mean 'collapsed'",
    ),
    Mistake(
        "a misspelt field of grafanalib's row, where we have a Row too",
        "from grafanalib.core import Row\nRow(colapse=True)",
        ("line 2", "did you mean 'collapse'?"),
    ),
    python(
        "a misspelt field of our dashboard, where grafanalib has one too",
        "Dashboard('X', time_form='now-6h')",
        "did you mean 'time_from'",
    ),
    python(
        "a misspelt field of a service",
        "Service('a', {'job': 'a'}, PROMETHEUS_CLIENT, objectivs=3)",
        "did you mean 'objectives'",
    ),
    python(
        "a misspelt option of a ready-made panel",
        "s = Service('a', {'job': 'a'}, PROMETHEUS_CLIENT)\nlatency.percentiles(s, fractoins=())",
        f"line {LINES + 2}",
        "did you mean 'fractions'",
    ),
    # Values
    python(
        "an objective that is no percentile",
        "Objectives(latency={99: 1.0})",
        f"line {LINES + 1}",
        "99 is not a percentile",
        "0.99",
    ),
    python("an objective of words", "Objectives(latency={'P99': 1.0})", "'P99' is not a percent"),
    python("an objective without seconds", "Objectives(latency={0.99: 'fast'})", "'fast'", "P99"),
    python("an availability in percent", "Objectives(availability=99.9)", "99.9", "0.999"),
    python(
        "a NaN threshold",
        "kinds.stat('P99', [], description='', unit='s', thresholds=[(float('nan'), 'red')])",
        f"line {LINES + 1}",
        "threshold is nan",
        "finite",
    ),
    python(
        "a NaN in a panel of grafanalib",
        "dashboard = board(line('P99', valueMax=1, extraJson={'max': float('nan')}))",
        "dashboard 'Orders'",
        "panel 'P99'",
        "nan",
    ),
    python(
        "an infinite limit",
        "dashboard = board({'type': 'stat', 'title': 'P99', 'max': float('inf')})",
        "panel 'P99'",
        "inf",
    ),
    python(
        "a set, which JSON cannot say",
        "dashboard = board({'type': 'stat', 'title': 'P99', 'tags': {1, 2}})",
        "panel 'P99'",
        "set",
    ),
    python(
        "a number of more than 64 bits",
        "dashboard = Dashboard('X', extra={'x': 2 ** 70})",
        "'X'",
        "64 bits",
    ),
    python("half a character", "dashboard = Dashboard('X \\ud800')", "'X "),
    python("a label value that is a number", "Service('a', {'job': 5}, FLOWER)", "'job'", "'5'"),
    python("a label name of two words", "Service('a', {'the job': 'a'}, FLOWER)", "'the job'"),
    python("a service that selects all", "Service('a', {}, FLOWER)", "'a'", "selector="),
    python("a convention nobody knows", "convention('flowr')", "did you mean 'flower'"),
    python(
        "a panel that the convention cannot feed",
        "dashboard = board(errors.ratio(Service('mail', {'job': 'mail'}, FLOWER)))",
        f"line {LINES + 1}",
        "'flower'",
        "errors.ratio",
        "expose",
    ),
    # What is declared
    Mistake("nothing declared", "ORDERS = 1", ("defines nothing", "`dashboard`", "`services`")),
    Mistake("an empty file", "", ("defines nothing",)),
    Mistake("no dashboards", "dashboards = []", ("defines nothing",)),
    Mistake("a generator of nothing", "dashboards = (x for x in [])", ("defines nothing",)),
    Mistake("our package alone", "import dashboards", ("defines nothing",)),
    Mistake("a number of dashboards", "dashboards = 5", ("`dashboards` is a int", "[...]")),
    Mistake("text for dashboards", "dashboards = 'x'", ("`dashboards` is a str", "[...]")),
    Mistake("a function for dashboards", "def dashboards(): ...", ("is a function", "[...]")),
    Mistake("a service that is text", "services = ['orders']", ("`services` holds a str",)),
    python(
        "two services of one name",
        "services = [Service(it, {'job': it}, FLOWER) for it in ('Mail', 'mail')]",
        "'Mail'",
        "'mail'",
        "a name of its own",
    ),
    # What is no Python
    Mistake("a syntax error", "x = 1\ndef (:\n", ("not Python", "line 2")),
    Mistake("a wrong indentation", "x = 1\n  y = 2\n", ("not Python", "line 2")),
    Mistake("binary", bytes(range(256)), ("not Python",)),
    Mistake("invalid UTF-8", b'x = "\xff\xfe"\n', ("not Python", "utf-8")),
    Mistake("a zero byte", b'x = "\0"\n', ("not Python", "null")),
    Mistake("another language", "SELECT 1;", ("not Python", "line 1"), file="query.py"),
    Mistake("an unknown suffix", "hello", (".txt", ".py", ".json"), file="words.txt"),
    json_("JSON that is none", "{", "JSON", "export"),
    json_("an empty JSON", "", "JSON", "export"),
    json_("JSON that nests too deep", b"[" * 100_000, "JSON"),
    json_("JSON of something else", "[1, 2]", "a list is not a dashboard"),
    json_("JSON of package.json", '{"name": "x"}', "not a dashboard"),
    json_("a NaN in JSON", '{"title": "X", "panels": [], "refresh": NaN}', "nan"),
    json_("JSON without panel types", '{"title": "X", "panels": [{"id": 1}]}', "'X'"),
    json_("JSON whose panels are text", '{"title": "X", "panels": "many"}', "'X'"),
    json_("JSON whose variables are a list", '{"title": "X", "templating": [1]}', "'X'"),
    json_("JSON whose tags are a number", '{"title": "X", "tags": 5}', "'X'"),
    json_("JSON with half a character", r'{"title": "X \ud800"}', "'X "),
    # What a definition does
    Mistake("raising", "x = 1\n\nraise ValueError('no such team')", ("line 3", "no such team")),
    Mistake("raising without words", "raise ValueError", ("line 1", "ValueError")),
    Mistake("dividing by zero in a function", "def f(n):\n    return 1 / n\nf(0)\n", ("line 2",)),
    Mistake("importing what is not there", "import nothing_such", ("line 1", "install")),
    Mistake("leaving", "import sys\nsys.exit(0)", ("line 2", "SystemExit", "take exit() out")),
    Mistake("leaving by quit()", "raise SystemExit('bye')", ("line 1", "SystemExit")),
    Mistake("recursing for ever", "def f():\n    f()\nf()", ("RecursionError",)),
    Mistake("an error that is no Exception", "raise GeneratorExit", ("line 1", "GeneratorExit")),
    Mistake(
        "an error that cannot speak",
        "class Mute(Exception):\n    def __str__(self): raise OSError\nraise Mute",
        ("line 3", "Mute"),
    ),
    Mistake(
        "a generator that breaks half way",
        "from tailboard.dashboards import Dashboard\n"
        "def made():\n    yield Dashboard('A')\n    yield Dashboard('')\ndashboards = made()",
        ("line 4", "no title"),
    ),
]


def assert_one_clear_error(run: Run, *words: str) -> None:
    """Exit code 2, a tip, no traceback, nothing on stdout, and these words."""
    assert run.code == 2
    assert "Traceback" not in run.said
    assert not run.out
    assert "Tip: " in run.err
    for word in words:
        assert word in run.err


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda it: it.name)
def test_a_mistake_is_one_clear_error_and_leaves_the_disk_as_it_was(
    mistake: Mistake, good: Workshop
) -> None:
    good.write("good.py", (good.root / "good.py").read_text().replace("world", "changed"))
    before = good.state()
    good.write(mistake.file, mistake.source)
    run = good.tailboard("build", "good.py", mistake.file)
    assert_one_clear_error(
        run, f"{mistake.file}: ", "1 mistake; nothing was written", *mistake.says
    )
    assert good.state() == before


def test_two_dashboards_with_one_uid_in_one_definition_are_both_named(good: Workshop) -> None:
    good.write(
        "two.py",
        """
        from tailboard.dashboards import Dashboard
        dashboards = [Dashboard("Orders", uid="shop"), Dashboard("Payments", uid="shop")]
        """,
    )
    before = good.state()
    run = good.tailboard("build", "two.py")
    assert_one_clear_error(run, "two.py: ", "'Orders'", "'Payments'", "'shop'", "another uid")
    assert good.state() == before


def test_two_dashboards_with_one_uid_in_two_definitions_are_both_named(good: Workshop) -> None:
    for name in ("Orders", "Payments"):
        source = f"from tailboard import Dashboard\ndashboard = Dashboard('{name}', uid='shop')"
        good.write(f"{name.lower()}.py", source)
    run = good.tailboard("build", "orders.py", "payments.py")
    assert_one_clear_error(run, "payments.py: ", "'Payments'", "'Orders' in orders.py", "'shop'")


def test_a_uid_made_of_a_title_can_be_taken_too(good: Workshop) -> None:
    good.write("other.json", '{"title": "GOOD", "panels": []}')
    run = good.tailboard("build", "good.py", "other.json")
    assert_one_clear_error(run, "other.json: ", "'GOOD'", "'good'", "'Good' in good.py")


def test_every_broken_definition_is_told_of_in_one_run(good: Workshop) -> None:
    good.write("a.py", "1 / 0")
    good.write("b.py", "def (")
    good.write("c.json", "{")
    good.write(
        "d.py",
        """
        from tailboard.dashboards import Dashboard
        dashboards = [Dashboard("A"), 5, Dashboard("B"), 6.0]
        """,
    )
    good.write("empty/_neighbour.py", "x = 1")
    before = good.state()
    run = good.tailboard(
        "build", "a.py", "missing.py", "b.py", "good.py", "c.json", "d.py", "empty"
    )
    assert_one_clear_error(
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
    assert good.state() == before


def test_a_document_that_cannot_be_written_is_told_of_beside_the_others(good: Workshop) -> None:
    good.write(
        "a.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('X \\ud800')"
    )
    good.write("b.py", "1 / 0")
    run = good.tailboard("build", "a.py", "b.py")
    assert_one_clear_error(run, "a.py: ", "b.py: line 1", "2 mistakes")


def test_the_line_is_named_wherever_the_command_is_run(good: Workshop) -> None:
    path = good.write("far/away/broken.py", "x = 1\n1 / 0")
    for named in (path, "far/away/broken.py", "./far/../far/away/broken.py", "far"):
        run = good.tailboard("build", named)
        assert_one_clear_error(run, "broken.py: line 2: ZeroDivisionError")


def test_an_error_in_a_neighbour_names_the_line_that_leads_there(good: Workshop) -> None:
    good.write("folder/_neighbour.py", "def fails():\n    x = 1\n    return x / 0\n")
    good.write("folder/broken.py", "import _neighbour\n\n_neighbour.fails()\n")
    run = good.tailboard("build", "folder")
    assert_one_clear_error(run, "broken.py: line 3: ZeroDivisionError")


def test_a_neighbour_that_is_not_python_is_named(good: Workshop) -> None:
    good.write("folder/_neighbour.py", "x = 1\ndef (\n")
    good.write("folder/broken.py", "import _neighbour\n")
    run = good.tailboard("build", "folder")
    assert_one_clear_error(
        run, "folder/broken.py: it is not Python", "folder/_neighbour.py, line 2"
    )


def test_an_interrupted_definition_ends_the_build_with_130(good: Workshop) -> None:
    before = good.state()
    good.write(
        "more.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('More')"
    )
    good.write("slow.py", "raise KeyboardInterrupt")
    run = good.tailboard("build", "more.py", "slow.py")
    assert run.code == 130
    assert "interrupted" in run.err
    assert "Traceback" not in run.said
    assert good.state() == before


def test_a_broken_definition_leaves_no_folder_behind(workshop: Workshop) -> None:
    workshop.write(
        "good.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Good')"
    )
    workshop.write("broken.py", "1 / 0")
    run = workshop.tailboard("build", "good.py", "broken.py", "--out", "made/for/it")
    assert run.code == 2
    assert not (workshop.root / "made").exists()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda it: it.name)
def test_a_list_of_a_broken_definition_names_it_too(mistake: Mistake, workshop: Workshop) -> None:
    workshop.write(mistake.file, mistake.source)
    run = workshop.tailboard("list", mistake.file)
    assert "Traceback" not in run.said
    if run.code:  # what only fails when it is written can still be listed
        assert run.code == 2
        assert f"{mistake.file}: " in run.err
