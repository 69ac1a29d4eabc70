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
from tests.workspace import GOOD_DEFINITION, RUN_PROGRAM, Workspace

DASHBOARD_DEFINITION = (
    "from tailboard.dashboards import Dashboard\ndashboard = Dashboard({title!r})\n"
)


def format_definition(title: str) -> str:
    """A definition of one dashboard."""
    return DASHBOARD_DEFINITION.format(title=title)


def walk_panels(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel of a document, in rows or not."""
    for panel in document["panels"]:
        yield panel
        yield from panel.get("panels", [])


def test_services_alone_get_every_library_dashboard_they_can_feed(workspace: Workspace) -> None:
    workspace.write_file(
        "shop.py",
        """
        from tailboard.panels import Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT

        services = [Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT)]
        """,
    )
    workspace.run_build("shop.py")
    expected = "overview routes database runtime hygiene".split()
    assert workspace.list_uids() == {"fleet", *(f"orders-{name}" for name in expected)}


def test_dashboard_dashboards_and_services_may_stand_together(workspace: Workspace) -> None:
    workspace.write_file(
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
    workspace.run_build("all.py")
    assert {"one", "two", "three", "db-dependencies"} < workspace.list_uids()


def test_dashboards_may_come_from_a_generator(workspace: Workspace) -> None:
    workspace.write_file(
        "many.py",
        """
        from tailboard.dashboards import Dashboard

        def made():
            for team in ("red", "blue"):
                yield Dashboard(f"Team {team}")

        dashboards = made()
        """,
    )
    workspace.run_build("many.py")
    assert workspace.list_uids() == {"team-red", "team-blue"}


def test_a_generator_is_asked_for_one_dashboard_at_a_time(workspace: Workspace) -> None:
    workspace.write_file("endless.py", "import itertools\ndashboards = itertools.count()\n")
    declarations = load.load_definition(Path("endless.py"), [])
    assert [next(declarations) for _ in range(3)] == [0, 1, 2]


def test_the_package_dashboards_may_be_imported_by_its_name(workspace: Workspace) -> None:
    workspace.write_file("x.py", "import dashboards\n\ndashboard = dashboards.Dashboard('Named')\n")
    workspace.run_build("x.py")
    assert workspace.list_uids() == {"named"}


def test_what_a_definition_prints_goes_to_stderr(workspace: Workspace) -> None:
    workspace.write_file(
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
    run = workspace.run_build("loud.py", "--json")
    assert run.json["written"] == ["dashboards/loud.json"]
    for words in ("at the top", "in the generator", "after the last"):
        assert words in run.stderr
    listed = workspace.run_tailboard("list", "loud.py", "--json")
    assert [row["name"] for row in listed.json["entries"]] == ["loud"]
    assert "at the top" in listed.stderr


RAW_STDOUT_PROGRAM = """
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
OUTPUT_METHODS = ("child", "descriptor", "original")
OUTPUT_WORDS = [
    f"{way} {when}"
    for way in OUTPUT_METHODS
    for when in ("at the top", "in the gen", "after the last")
]


@pytest.mark.parametrize("command", ["build", "list"])
def test_what_a_definition_writes_past_python_goes_to_stderr(
    command: str, workspace: Workspace
) -> None:
    workspace.write_file("loud.py", RAW_STDOUT_PROGRAM.replace("END", "pass"))
    run = workspace.run_process(command, "loud.py", "--json", PYTHONUNBUFFERED="")
    assert run.exit_code == 0
    assert run.json
    for words in OUTPUT_WORDS:
        assert words in run.stderr


def test_the_descriptor_of_stdout_is_back_after_a_broken_definition(workspace: Workspace) -> None:
    workspace.write_file("loud.py", RAW_STDOUT_PROGRAM.replace("END", "1 / 0"))
    workspace.write_file("quiet.py", format_definition("Quiet"))
    run = workspace.run_process("list", "loud.py", "quiet.py", "--json", PYTHONUNBUFFERED="")
    assert run.exit_code == 2
    assert [row["summary"] for row in run.json["entries"]] == ["Loud", "Quiet"]
    for words in OUTPUT_WORDS:
        assert words in run.stderr


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_a_definition_that_writes_past_python_may_find_a_stream_closed(
    closed: str, workspace: Workspace
) -> None:
    workspace.write_file(
        "loud.py", "import os\nos.system('echo child')\n" + format_definition("Loud")
    )
    program = f"{sys.executable} -c '{RUN_PROGRAM}' build loud.py --json {closed}"
    process = subprocess.run(
        program, shell=True, cwd=workspace.root, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0
    assert workspace.list_uids() == {"loud"}
    assert not process.stdout or json.loads(process.stdout)


def test_where_stdout_is_closed_its_descriptor_may_be_a_definitions_own_file(
    workspace: Workspace,
) -> None:
    workspace.write_file(
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
    program = f"{sys.executable} -c '{RUN_PROGRAM}' build own.py >&-"
    subprocess.run(program, shell=True, cwd=workspace.root, check=True)
    assert (workspace.root / "own.txt").read_text() == "kept in 1"


def test_the_descriptor_of_stdout_is_what_it_was_whoever_stops_reading(
    workspace: Workspace,
) -> None:
    path = workspace.write_file(
        "two.py",
        "from tailboard import Dashboard\ndashboards = [Dashboard('A'), Dashboard('B')]\n",
    )
    before = os.fstat(1)
    declarations = load.load_definition(path, [])
    next(declarations)
    assert (os.fstat(1).st_dev, os.fstat(1).st_ino) == (before.st_dev, before.st_ino)
    assert list(declarations)


def test_a_definition_runs_where_stdout_is_no_file(workspace: Workspace) -> None:
    workspace.write_file(
        "loud.py", "import os\nos.system('echo child')\n" + format_definition("Loud")
    )
    run = CliRunner().invoke(tailboard, ["list", "loud.py", "--json"])
    assert [row["summary"] for row in json.loads(run.stdout)["entries"]] == ["Loud"]


def test_two_folders_may_have_different_neighbours_of_one_name(workspace: Workspace) -> None:
    for team in ("red", "blue"):
        workspace.write_file(f"{team}/_shared.py", f"TEAM = '{team}'\n")
        workspace.write_file(f"{team}/_parts/__init__.py", "")
        workspace.write_file(f"{team}/_parts/names.py", f"NAME = 'package of {team}'\n")
        workspace.write_file(f"{team}/_loose/names.py", f"NAME = 'loose of {team}'\n")
        workspace.write_file(
            f"{team}/board.py",
            """
            from tailboard.dashboards import Dashboard
            import _loose.names
            from _parts import names
            from _shared import TEAM

            dashboard = Dashboard(f"{TEAM}, {names.NAME}, {_loose.names.NAME}", uid=TEAM)
            """,
        )
    workspace.run_build("red", "blue")
    for team in ("red", "blue"):
        title = f"{team}, package of {team}, loose of {team}"
        assert workspace.read_document(team)["title"] == title


def test_a_definition_leaves_no_module_no_path_and_no_bytecode_behind(workspace: Workspace) -> None:
    workspace.write_file("folder/_neighbour.py", "import sys\nsys.path.append('/somewhere')\n")
    workspace.write_file("folder/board.py", "import _neighbour\n" + format_definition("Neat"))
    modules, search = set(sys.modules), list(sys.path)
    workspace.run_build("folder")
    assert sys.path == search
    assert not {name for name in set(sys.modules) - modules if "neighbour" in name}
    assert not {name for name in set(sys.modules) - modules if name.startswith("definition")}
    assert not list(workspace.root.rglob("__pycache__"))


def test_an_installed_library_is_imported_once_even_below_the_definitions(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = workspace.write_file(
        "venv/site-packages/imported_once.py",
        "from pathlib import Path\n"
        "with Path('imports.txt').open('a') as log:\n    log.write('imported ')\n",
    )
    monkeypatch.syspath_prepend(library.parent)
    for name in ("a", "b"):
        workspace.write_file(f"{name}.py", "import imported_once\n" + format_definition(name))
    workspace.run_build("a.py", "b.py")
    assert (workspace.root / "imports.txt").read_text() == "imported "
    del sys.modules["imported_once"]


def test_a_definition_may_change_the_current_folder(workspace: Workspace) -> None:
    workspace.write_file(
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
    workspace.write_file("b.py", format_definition("B"))
    workspace.run_build("a.py", "b.py")
    assert workspace.list_uids() == {"a", "b"}
    assert Path.cwd() == workspace.root


def test_a_definition_may_hold_dataclasses_with_postponed_annotations(workspace: Workspace) -> None:
    workspace.write_file(
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
    workspace.run_build("teams.py")
    assert workspace.list_uids() == {"red"}


def test_a_dashboard_of_plain_grafanalib_is_a_definition(workspace: Workspace) -> None:
    workspace.write_file(
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
    workspace.run_build("plain.dashboard.py")
    (panel,) = workspace.read_document("plain")["panels"]
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
def test_the_json_of_a_dashboard_is_a_definition(content: bytes, workspace: Workspace) -> None:
    workspace.write_file("exported.json", content)
    workspace.run_build("exported.json")
    document = workspace.read_document("exported")
    assert document["title"] == "Exported"
    assert [panel["title"] for panel in document["panels"]] == ["Up"]


def test_a_folder_means_the_definitions_in_it_and_below(workspace: Workspace) -> None:
    for name in ("b.py", "a.py", "team/c.py", "_helper.py", ".hidden.py", "_drafts/d.py"):
        workspace.write_file(f"defs/{name}", format_definition(name))
    workspace.write_file("defs/e.json", '{"title": "E"}')
    workspace.write_file("defs/notes.txt", "not a definition")
    paths = [str(path) for path in load.find_definitions([Path("defs")])]
    assert paths == ["defs/a.py", "defs/b.py", "defs/e.json", "defs/team/c.py"]


def test_a_definition_that_is_named_twice_is_built_once(workspace: Workspace) -> None:
    workspace.write_file("defs/a.py", format_definition("A"))
    run = workspace.run_build("defs", "defs/a.py", "./defs", workspace.root / "defs/a.py", "--json")
    assert run.json["dashboards"] == 1


def test_what_an_earlier_build_wrote_is_no_definition(workspace: Workspace) -> None:
    workspace.write_file("a.py", format_definition("A"))
    formats = ("--format", "api", "--format", "import", "--format", "provisioning")
    for _ in range(3):
        run = workspace.run_build(".", *formats, "--json")
        assert run.json["dashboards"] == 1
    workspace.run_build(".", "--out", "elsewhere")
    assert workspace.run_build(".", *formats, "--json").json["dashboards"] == 1


def test_the_output_may_be_the_folder_of_the_definitions(workspace: Workspace) -> None:
    source = workspace.write_file("defs/a.py", format_definition("A"))
    document = workspace.write_file("defs/b.json", '{"title": "B", "panels": []}')
    before = source.read_bytes(), document.read_bytes()
    for _ in range(3):
        run = workspace.run_build("defs", "--out", "defs", "--json")
        assert run.json["dashboards"] == 2
    assert (source.read_bytes(), document.read_bytes()) == before
    assert workspace.run_tailboard("build", "defs", "--out", "defs", "--check").exit_code == 0


def test_an_output_that_would_replace_its_definition_is_refused(workspace: Workspace) -> None:
    definition = workspace.write_file("defs/dashboards/b.json", '{"title": "B", "panels": []}')
    before = definition.read_bytes()
    run = workspace.run_tailboard("build", "defs", "--out", "defs")
    assert run.exit_code == 2
    assert "dashboards/b.json" in run.stderr
    assert definition.read_bytes() == before
    assert not workspace.list_temporary_files()


ODD_TEXTS = [
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


@pytest.mark.parametrize("value", ODD_TEXTS)
def test_a_wild_label_value_is_still_one_value(value: str, workspace: Workspace) -> None:
    workspace.write_file(
        "wild.py",
        f"""
        from tailboard.panels import Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT

        services = [Service("wild", {{"job": {value!r}, "team": "a"}}, PROMETHEUS_CLIENT)]
        """,
    )
    workspace.run_build("wild.py")
    document = workspace.read_document("wild-overview")
    expressions = [
        target["expr"] for panel in walk_panels(document) for target in panel.get("targets", [])
    ]
    assert expressions
    selected = 0
    for expression in expressions:
        expression_text = expression.replace("$__rate_interval", "5m").replace("$__range", "5m")
        for matcher in _find_job_matchers(promql_parser.parse(expression_text)):
            assert matcher.value == value
            selected += 1
    assert selected >= len(expressions)


def _find_job_matchers(node: Any) -> Iterator[Any]:
    """The matchers on `job` anywhere in an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield from (matcher for matcher in node.matchers.matchers if matcher.name == "job")
    for name in ("expr", "lhs", "rhs", "vector_selector"):
        if (child := getattr(node, name, None)) is not None:
            yield from _find_job_matchers(child)
    for child in getattr(node, "args", None) or ():
        yield from _find_job_matchers(child)


def test_a_hundred_panels_have_a_place_and_an_id_each(workspace: Workspace) -> None:
    workspace.write_file(
        "many.py",
        """
        from tailboard.dashboards import Dashboard, Row
        from tailboard.panels import Query, kinds

        def panel(n):
            return kinds.timeseries("Same title", [Query("up")], description="x", unit="s")

        dashboard = Dashboard("Many", rows=[Row("All", [panel(n) for n in range(100)])])
        """,
    )
    workspace.run_build("many.py")
    heading, *panels_rest = workspace.read_document("many")["panels"]
    assert heading["type"] == "row"
    assert len(panels_rest) == 100
    assert len({panel["id"] for panel in (heading, *panels_rest)}) == 101
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels_rest)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_names_of_files_may_be_anything(workspace: Workspace) -> None:
    for number, name in enumerate(
        ("sp ace.py", "新.py", "dots.in.name.py", "-dash.py", "quo'te.py")
    ):
        workspace.write_file(f"defs/{name}", format_definition(f"Board {number}"))
    workspace.run_build("defs")
    assert len(workspace.list_uids()) == 5
    assert len(workspace.run_tailboard("list", "defs", "--json").json["entries"]) == 5


def test_a_definition_is_run_afresh_by_every_build(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.run_build("good.py")
    workspace.write_file("good.py", GOOD_DEFINITION.replace('"Good"', '"Bett"'))
    workspace.run_build("good.py")
    assert workspace.read_document("good")["title"] == "Bett"


def test_installed_packages_in_a_folder_are_no_definitions(workspace: Workspace) -> None:
    workspace.write_file("defs/good.py", GOOD_DEFINITION)
    workspace.write_file("defs/venv/lib/site-packages/harm.py", "raise SystemExit")
    workspace.write_file("defs/node_modules/thing/package.json", "{}")
    assert workspace.run_build("defs").exit_code == 0
