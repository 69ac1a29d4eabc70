"""What the README, CONTRIBUTING.md and docs/ name exists, and their tables are whole."""

import re

import click
import pytest

from tailboard.alerts.rules import RULES, build_alert_name
from tailboard.catalogue import list_entries
from tailboard.cli.main import COMMANDS, tailboard
from tailboard.dashboards.library import LIBRARY
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.kinds import KINDS
from tailboard.publish.formats import FORMATS
from tailboard.settings import SETTING_NAMES
from tests import ROOT
from tests.documentation import (
    HANDBOOK,
    PAGES,
    READMES,
    find_blocks,
    find_inline_code,
    find_links,
    list_anchors,
    read_page,
    read_prose,
)

SOURCE_FOLDERS = (
    "alerts",
    "benchmarks",
    "dashboards",
    "demo",
    "docs",
    "editable",
    "panels",
    "publish",
    "tailboard",
    "tests",
)
FILE_NAME = re.compile(r"[\w.-]*\.(?:md|py|toml|yml)")
SOURCE_PATH = re.compile(rf"(?:\.github|{'|'.join(SOURCE_FOLDERS)})/[\w./*-]*")
ALERT_NAME = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")
COMMAND = re.compile(r"tailboard ([a-z]+)\b(.*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
OPTIONS_OF_OTHERS = {"--editable"}
"""Those of pip, which a page names too."""

RULE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
TABLE_CELL = re.compile(r"^\| ([^|]+) \|", re.MULTILINE)


def find_command(name: str) -> click.Command:
    command = tailboard.get_command(click.Context(tailboard), name)
    assert command, name
    return command


def list_options(name: str) -> set[str]:
    options = {
        option
        for parameter in find_command(name).params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    return options | {"--help"}


EVERY_OPTION = {option for name in COMMANDS for option in list_options(name)} | {"--version"}


def list_first_cells(page: str) -> set[str]:
    """What stands in backticks in the first column of the page's tables."""
    cells = TABLE_CELL.findall(read_prose(page))
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    for link in find_links(page):
        path, _, anchor = link.partition("#")
        target = (folder / path).resolve() if path else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        if anchor:
            assert anchor in list_anchors(str(target.relative_to(ROOT))), f"{page} links to {link}"


@pytest.mark.parametrize("page", PAGES)
def test_no_line_breaks_within_backticks_where_no_test_would_look(page: str) -> None:
    for line in read_prose(page).splitlines():
        assert line.count("`") % 2 == 0, f"{page}: {line}"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_is_named_exists(page: str) -> None:
    lines = [line for block in find_blocks(page, "sh") for line in block.text.splitlines()]
    for code in [*find_inline_code(page), *lines]:
        command = COMMAND.match(code)
        if command:
            assert command[1] in COMMANDS, f"{page}: {code}"
            used = set(OPTION.findall(command[2].partition("#")[0]))
            assert used <= list_options(command[1]), f"{page}: {code}"
        elif code.startswith("--"):
            assert set(OPTION.findall(code)) <= EVERY_OPTION | OPTIONS_OF_OTHERS, f"{page}: {code}"


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    lines = [line for block in find_blocks(page, "sh") for line in block.text.splitlines()]
    for code in [*find_inline_code(page), *lines]:
        for target in re.findall(r"^make ([\w-]+)", code):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page}: {code}"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_this_repository_that_is_named_exists(page: str) -> None:
    for code in find_inline_code(page):
        if SOURCE_PATH.fullmatch(code):
            assert list(ROOT.glob(code.rstrip("/"))), f"{page}: {code}"


def test_every_file_that_contributing_names_exists() -> None:
    """A bare file name is one of the folder that stands before it."""
    folder, named = ROOT, 0
    for code in find_inline_code("CONTRIBUTING.md"):
        if not FILE_NAME.fullmatch(code.rpartition("/")[2]) and not code.endswith("/"):
            continue
        named += 1
        is_relative = code.partition("/")[0] not in {path.name for path in ROOT.iterdir()}
        path = (folder if is_relative else ROOT) / code
        assert path.exists(), code
        if not is_relative and path.is_dir():
            folder = path
    assert named > 60


@pytest.mark.parametrize("page", READMES)
def test_a_readme_lists_every_command_and_links_to_every_page(page: str) -> None:
    assert {cell.split()[1] for cell in list_first_cells(page) if " " in cell} == set(COMMANDS)
    links = {link.partition("#")[0] for link in find_links(page)}
    assert links >= set(HANDBOOK) - {"docs/README.md"}


@pytest.mark.parametrize("page", READMES)
def test_a_readme_stays_as_short_as_a_newcomer_reads(page: str) -> None:
    assert len(read_page(page).splitlines()) <= 160


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("docs/conventions.md", {convention.name for convention in CONVENTIONS}),
        ("docs/dashboards.md", {builder.__name__ for builder in (*LIBRARY, *KINDS)}),
        ("docs/formats.md", {output_format.name for output_format in FORMATS}),
        ("docs/settings.md", set(SETTING_NAMES)),
        ("docs/settings.md", {"0", "1", "2", "3", "4", "130"}),
    ],
)
def test_the_tables_of_a_page_are_complete(page: str, names: set[str]) -> None:
    assert names <= list_first_cells(page)


def test_the_alerts_that_are_named_exist() -> None:
    alert_names = {build_alert_name(rule) for rule in RULES}
    named = {name for name in list_first_cells("docs/alerts.md") if ALERT_NAME.fullmatch(name)}
    assert named
    assert named <= alert_names


@pytest.mark.parametrize("page", PAGES)
def test_what_is_explained_by_its_name_can_be_explained(page: str) -> None:
    names = {entry.name for _, entry in list_entries()}
    for code in find_inline_code(page):
        match = re.fullmatch(r"tailboard explain ([a-zA-Z_.-]+)", code)
        if match and not match[1].isupper():
            assert match[1] in names, f"{page}: {code}"


def test_the_rules_beside_those_of_other_linters_exist() -> None:
    names = {entry.name for kind, entry in list_entries() if kind in {"lint rules", "checks"}}
    named = {code for code in find_inline_code("docs/lint.md") if RULE_NAME.fullmatch(code)}
    assert len(named) > 30
    assert named <= names, named - names


def test_the_messages_that_troubleshooting_quotes_are_printed_by_the_program() -> None:
    quoted = re.findall(
        r'^(?:\| |## )"([^"]+)"', read_prose("docs/troubleshooting.md"), re.MULTILINE
    )
    assert len(quoted) > 5
    sources = "".join(
        path.read_text("utf-8")
        for folder in ("panels", "dashboards", "alerts", "publish", "tailboard")
        for path in (ROOT / folder).rglob("*.py")
    )
    texts = re.sub(r'"\s*\n\s*f?"', "", sources)  # strings that go on in the next line
    for message in quoted:
        assert message in texts, message
