"""Definitions: what may be one, what it may declare, and what it may do."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from click.testing import CliRunner

from tailboard.cli.main import tailboard
from tailboard.definitions import load
from tests.publish.workshop import GOOD, RUN, Workshop

BOARD = "from tailboard.dashboards import Dashboard\ndashboard = Dashboard({title!r})\n"


def board(title: str) -> str:
    """A definition of one dashboard."""
    return BOARD.format(title=title)


def panels(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel of a document, in rows or not."""
    for panel in made["panels"]:
        yield panel
        yield from panel.get("panels", [])


def test_services_alone_get_every_library_dashboard_they_can_feed(workshop: Workshop) -> None:
    workshop.write(
        "shop.py",
        """
        from tailboard.panels import Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT

        services = [Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT)]
        """,
    )
    workshop.build("shop.py")
    expected = "overview routes database runtime hygiene".split()
    assert workshop.uids() == {"fleet", *(f"orders-{name}" for name in expected)}


def test_dashboard_dashboards_and_services_may_stand_together(workshop: Workshop) -> None:
    workshop.write(
        "all.py",
        """
        from tailboard.dashboards import Dashboard
        from tailboard.panels import Service
        from tailboard.panels.conventions import POSTGRES_EXPORTER

        dashboard = Dashboard("One")
        dashboards = [Dashboard("Two"), Dashboard("Three")]
        services = [Service("db", {"job": "postgres"}, POSTGRES_EXPORTER)]
        """,
    )
    workshop.build("all.py")
    assert {"one", "two", "three", "db-dependencies"} < workshop.uids()


def test_dashboards_may_come_from_a_generator(workshop: Workshop) -> None:
    workshop.write(
        "many.py",
        """
        from tailboard.dashboards import Dashboard

        def made():
            for team in ("red", "blue"):
                yield Dashboard(f"Team {team}")

        dashboards = made()
        """,
    )
    workshop.build("many.py")
    assert workshop.uids() == {"team-red", "team-blue"}


def test_a_generator_is_asked_for_one_dashboard_at_a_time(workshop: Workshop) -> None:
    workshop.write("endless.py", "import itertools\ndashboards = itertools.count()\n")
    found = load.load_definition(Path("endless.py"), [])
    assert [next(found) for _ in range(3)] == [0, 1, 2]


def test_the_package_dashboards_may_be_imported_by_its_name(workshop: Workshop) -> None:
    workshop.write("x.py", "import dashboards\n\ndashboard = dashboards.Dashboard('Named')\n")
    workshop.build("x.py")
    assert workshop.uids() == {"named"}


def test_what_a_definition_prints_goes_to_stderr(workshop: Workshop) -> None:
    workshop.write(
        "loud.py",
        """
        import sys
        from tailboard.dashboards import Dashboard

        print("at the top")

        def made():
            sys.stdout.write("in the generator\\n")
            yield Dashboard("Loud")
            print("after the last")

        dashboards = made()
        """,
    )
    run = workshop.build("loud.py", "--json")
    assert run.json["written"] == ["dashboards/loud.json"]
    for words in ("at the top", "in the generator", "after the last"):
        assert words in run.err
    listed = workshop.tailboard("list", "loud.py", "--json")
    assert [row["name"] for row in listed.json] == ["loud"]
    assert "at the top" in listed.err


PAST_PYTHON = """
import os, subprocess, sys
from tailboard.dashboards import Dashboard

def say(words):
    subprocess.run([sys.executable, "-c", f"print('child {words}')"], check=True)
    os.write(1, f"descriptor {words}\\n".encode())
    sys.__stdout__.write(f"original {words}\\n")

say("at the top")

def made():
    say("in the generator")
    yield Dashboard("Loud")
    say("after the last")
    END

dashboards = made()
"""
WAYS = ("child", "descriptor", "original")
WORDS = [f"{way} {when}" for way in WAYS for when in ("at the top", "in the gen", "after the last")]


@pytest.mark.parametrize("command", ["build", "list"])
def test_what_a_definition_writes_past_python_goes_to_stderr(
    command: str, workshop: Workshop
) -> None:
    workshop.write("loud.py", PAST_PYTHON.replace("END", "pass"))
    run = workshop.child(command, "loud.py", "--json", PYTHONUNBUFFERED="")
    assert run.code == 0
    assert run.json
    for words in WORDS:
        assert words in run.err


def test_the_descriptor_of_stdout_is_back_after_a_broken_definition(workshop: Workshop) -> None:
    workshop.write("loud.py", PAST_PYTHON.replace("END", "1 / 0"))
    workshop.write("quiet.py", board("Quiet"))
    run = workshop.child("list", "loud.py", "quiet.py", "--json", PYTHONUNBUFFERED="")
    assert run.code == 2
    assert [row["summary"] for row in run.json] == ["Loud", "Quiet"]
    for words in WORDS:
        assert words in run.err


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_a_definition_that_writes_past_python_may_find_a_stream_closed(
    closed: str, workshop: Workshop
) -> None:
    workshop.write("loud.py", "import os\nos.system('echo child')\n" + board("Loud"))
    program = f"{sys.executable} -c '{RUN}' build loud.py --json {closed}"
    done = subprocess.run(
        program, shell=True, cwd=workshop.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert workshop.uids() == {"loud"}
    assert not done.stdout or json.loads(done.stdout)


def test_where_stdout_is_closed_its_descriptor_may_be_a_definitions_own_file(
    workshop: Workshop,
) -> None:
    workshop.write(
        "own.py",
        """
        import os
        from tailboard.dashboards import Dashboard

        own = os.open("own.txt", os.O_WRONLY | os.O_CREAT)

        def made():
            os.write(own, f"kept in {own}".encode())
            yield Dashboard("Own")

        dashboards = made()
        """,
    )
    program = f"{sys.executable} -c '{RUN}' build own.py >&-"
    subprocess.run(program, shell=True, cwd=workshop.root, check=True)
    assert (workshop.root / "own.txt").read_text() == "kept in 1"


def test_the_descriptor_of_stdout_is_what_it_was_whoever_stops_reading(workshop: Workshop) -> None:
    path = workshop.write(
        "two.py",
        "from tailboard import Dashboard\ndashboards = [Dashboard('A'), Dashboard('B')]\n",
    )
    before = os.fstat(1)
    found = load.load_definition(path, [])
    next(found)
    assert (os.fstat(1).st_dev, os.fstat(1).st_ino) == (before.st_dev, before.st_ino)
    assert list(found)


def test_a_definition_runs_where_stdout_is_no_file(workshop: Workshop) -> None:
    workshop.write("loud.py", "import os\nos.system('echo child')\n" + board("Loud"))
    run = CliRunner().invoke(tailboard, ["list", "loud.py", "--json"])
    assert [row["summary"] for row in json.loads(run.stdout)] == ["Loud"]


def test_two_folders_may_have_different_neighbours_of_one_name(workshop: Workshop) -> None:
    for team in ("red", "blue"):
        workshop.write(f"{team}/_shared.py", f"TEAM = '{team}'\n")
        workshop.write(f"{team}/_parts/__init__.py", "")
        workshop.write(f"{team}/_parts/names.py", f"NAME = 'package of {team}'\n")
        workshop.write(f"{team}/_loose/names.py", f"NAME = 'loose of {team}'\n")
        workshop.write(
            f"{team}/board.py",
            """
            from tailboard.dashboards import Dashboard
            import _loose.names
            from _parts import names
            from _shared import TEAM

            dashboard = Dashboard(f"{TEAM}, {names.NAME}, {_loose.names.NAME}", uid=TEAM)
            """,
        )
    workshop.build("red", "blue")
    for team in ("red", "blue"):
        title = f"{team}, package of {team}, loose of {team}"
        assert workshop.document(team)["title"] == title


def test_a_definition_leaves_no_module_no_path_and_no_bytecode_behind(workshop: Workshop) -> None:
    workshop.write("folder/_neighbour.py", "import sys\nsys.path.append('/somewhere')\n")
    workshop.write("folder/board.py", "import _neighbour\n" + board("Neat"))
    modules, search = set(sys.modules), list(sys.path)
    workshop.build("folder")
    assert sys.path == search
    assert not {name for name in set(sys.modules) - modules if "neighbour" in name}
    assert not {name for name in set(sys.modules) - modules if name.startswith("definition")}
    assert not list(workshop.root.rglob("__pycache__"))


def test_an_installed_library_is_imported_once_even_below_the_definitions(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = workshop.write(
        "venv/site-packages/imported_once.py",
        "from pathlib import Path\n"
        "with Path('imports.txt').open('a') as log:\n    log.write('imported ')\n",
    )
    monkeypatch.syspath_prepend(library.parent)
    for name in ("a", "b"):
        workshop.write(f"{name}.py", "import imported_once\n" + board(name))
    workshop.build("a.py", "b.py")
    assert (workshop.root / "imports.txt").read_text() == "imported "
    del sys.modules["imported_once"]


def test_a_definition_may_change_the_current_folder(workshop: Workshop) -> None:
    workshop.write(
        "a.py",
        """
        import os
        from tailboard.dashboards import Dashboard

        os.chdir("/")

        def made():
            os.chdir("/usr")
            yield Dashboard("A")
            os.chdir("/etc")

        dashboards = made()
        """,
    )
    workshop.write("b.py", board("B"))
    workshop.build("a.py", "b.py")
    assert workshop.uids() == {"a", "b"}
    assert Path.cwd() == workshop.root


def test_a_definition_may_hold_dataclasses_with_postponed_annotations(workshop: Workshop) -> None:
    workshop.write(
        "teams.py",
        """
        from __future__ import annotations
        from dataclasses import dataclass
        from tailboard.dashboards import Dashboard

        @dataclass
        class Team:
            name: str

        dashboard = Dashboard(Team("Red").name)
        """,
    )
    workshop.build("teams.py")
    assert workshop.uids() == {"red"}


def test_a_dashboard_of_plain_grafanalib_is_a_definition(workshop: Workshop) -> None:
    workshop.write(
        "plain.dashboard.py",
        """
        from grafanalib.core import Dashboard, GridPos, Target, TimeSeries

        dashboard = Dashboard(
            title="Plain",
            uid="plain",
            panels=[
                TimeSeries(
                    title="Up",
                    dataSource="default",
                    targets=[Target(expr="up")],
                    gridPos=GridPos(h=8, w=16, x=4, y=2),
                )
            ],
        ).auto_panel_ids()
        """,
    )
    workshop.build("plain.dashboard.py")
    (panel,) = workshop.document("plain")["panels"]
    assert panel["title"] == "Up"
    assert panel["gridPos"] == {"h": 8, "w": 16, "x": 4, "y": 2}


EXPORT = {
    "title": "Exported",
    "uid": "exported",
    "panels": [{"type": "stat", "title": "Up", "targets": [{"expr": "up", "refId": "A"}]}],
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(EXPORT).encode(),
        json.dumps({"dashboard": EXPORT, "meta": {"slug": "exported", "version": 3}}).encode(),
        b"\xef\xbb\xbf" + json.dumps(EXPORT).encode(),
        json.dumps(EXPORT).encode("utf-16"),
    ],
    ids=["a document", "the envelope of the API", "with a byte order mark", "UTF-16"],
)
def test_the_json_of_a_dashboard_is_a_definition(content: bytes, workshop: Workshop) -> None:
    workshop.write("exported.json", content)
    workshop.build("exported.json")
    made = workshop.document("exported")
    assert made["title"] == "Exported"
    assert [panel["title"] for panel in made["panels"]] == ["Up"]


def test_a_folder_means_the_definitions_in_it_and_below(workshop: Workshop) -> None:
    for name in ("b.py", "a.py", "team/c.py", "_helper.py", ".hidden.py", "_drafts/d.py"):
        workshop.write(f"defs/{name}", board(name))
    workshop.write("defs/e.json", '{"title": "E"}')
    workshop.write("defs/notes.txt", "not a definition")
    found = [str(it) for it in load.find_definitions([Path("defs")])]
    assert found == ["defs/a.py", "defs/b.py", "defs/e.json", "defs/team/c.py"]


def test_a_definition_that_is_named_twice_is_built_once(workshop: Workshop) -> None:
    workshop.write("defs/a.py", board("A"))
    run = workshop.build("defs", "defs/a.py", "./defs", workshop.root / "defs/a.py", "--json")
    assert run.json["dashboards"] == 1


def test_what_an_earlier_build_wrote_is_no_definition(workshop: Workshop) -> None:
    workshop.write("a.py", board("A"))
    formats = ("--format", "api", "--format", "import", "--format", "provisioning")
    for _ in range(3):
        run = workshop.build(".", *formats, "--json")
        assert run.json["dashboards"] == 1
    workshop.build(".", "--out", "elsewhere")
    assert workshop.build(".", *formats, "--json").json["dashboards"] == 1


def test_the_output_may_be_the_folder_of_the_definitions(workshop: Workshop) -> None:
    source = workshop.write("defs/a.py", board("A"))
    document = workshop.write("defs/b.json", '{"title": "B", "panels": []}')
    before = source.read_bytes(), document.read_bytes()
    for _ in range(3):
        run = workshop.build("defs", "--out", "defs", "--json")
        assert run.json["dashboards"] == 2
    assert (source.read_bytes(), document.read_bytes()) == before
    assert workshop.tailboard("build", "defs", "--out", "defs", "--check").code == 0


def test_an_output_that_would_replace_its_definition_is_refused(workshop: Workshop) -> None:
    definition = workshop.write("defs/dashboards/b.json", '{"title": "B", "panels": []}')
    before = definition.read_bytes()
    run = workshop.tailboard("build", "defs", "--out", "defs")
    assert run.code == 2
    assert "dashboards/b.json" in run.err
    assert definition.read_bytes() == before
    assert not workshop.temporary()


WILD = [
    'quoted "twice"',
    "back\\slash",
    "two\nlines",
    "tab\tand\rreturn",
    "re.gex|(a+)*[b]{2}^$?",
    "订单服务",
    "$__interval ${x} $1",
    "{{legend}}",
    "é\u200b🦊\x00\x7f",
    "'",
    "`",
    "",
]


@pytest.mark.parametrize("value", WILD)
def test_a_wild_label_value_is_still_one_value(value: str, workshop: Workshop) -> None:
    workshop.write(
        "wild.py",
        f"""
        from tailboard.panels import Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT

        services = [Service("wild", {{"job": {value!r}, "team": "a"}}, PROMETHEUS_CLIENT)]
        """,
    )
    workshop.build("wild.py")
    made = workshop.document("wild-overview")
    found = [it["expr"] for panel in panels(made) for it in panel.get("targets", [])]
    assert found
    selected = 0
    for expression in found:
        asked = expression.replace("$__rate_interval", "5m").replace("$__range", "5m")
        for matcher in _job_matchers(promql_parser.parse(asked)):
            assert matcher.value == value
            selected += 1
    assert selected >= len(found)


def _job_matchers(node: Any) -> Iterator[Any]:
    """The matchers on `job` anywhere in an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield from (it for it in node.matchers.matchers if it.name == "job")
    for name in ("expr", "lhs", "rhs", "vector_selector"):
        if (child := getattr(node, name, None)) is not None:
            yield from _job_matchers(child)
    for child in getattr(node, "args", None) or ():
        yield from _job_matchers(child)


def test_a_hundred_panels_have_a_place_and_an_id_each(workshop: Workshop) -> None:
    workshop.write(
        "many.py",
        """
        from tailboard.dashboards import Dashboard, Row
        from tailboard.panels import Query, kinds

        def panel(n):
            return kinds.timeseries("Same title", [Query("up")], description="x", unit="s")

        dashboard = Dashboard("Many", rows=[Row("All", [panel(n) for n in range(100)])])
        """,
    )
    workshop.build("many.py")
    heading, *made = workshop.document("many")["panels"]
    assert heading["type"] == "row"
    assert len(made) == 100
    assert len({panel["id"] for panel in (heading, *made)}) == 101
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in made)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_names_of_files_may_be_anything(workshop: Workshop) -> None:
    for number, name in enumerate(
        ("sp ace.py", "新.py", "dots.in.name.py", "-dash.py", "quo'te.py")
    ):
        workshop.write(f"defs/{name}", board(f"Board {number}"))
    workshop.build("defs")
    assert len(workshop.uids()) == 5
    assert len(workshop.tailboard("list", "defs", "--json").json) == 5


def test_a_definition_is_run_afresh_by_every_build(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    workshop.build("good.py")
    workshop.write("good.py", GOOD.replace('"Good"', '"Bett"'))
    workshop.build("good.py")
    assert workshop.document("good")["title"] == "Bett"


def test_installed_packages_in_a_folder_are_no_definitions(workshop: Workshop) -> None:
    workshop.write("defs/good.py", GOOD)
    workshop.write("defs/venv/lib/site-packages/harm.py", "raise SystemExit")
    workshop.write("defs/node_modules/thing/package.json", "{}")
    assert workshop.build("defs").code == 0
