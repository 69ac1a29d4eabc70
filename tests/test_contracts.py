"""What is added is listed, documented and works: one file, one line, its test."""

import inspect
import json
import re
import shlex
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
import pytest

from tailboard import catalogue, settings
from tailboard.alerts.rules import RULES, build_alert_name
from tailboard.check.rules import CHECKS
from tailboard.cli.main import COMMANDS, main, tailboard
from tailboard.dashboards.library import LIBRARY
from tailboard.findings.finding import SEVERITIES
from tailboard.lint.rules import LINT_RULES
from tailboard.panels import READY_MADE
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.kinds import KINDS
from tailboard.preview.colors import THEMES
from tailboard.publish.formats import FORMATS
from tailboard.publish.grafana.clients.discovery import API_CHOICES
from tailboard.publish.grafana.plan.schema_choice import SCHEMA_CHOICES
from tailboard.publish.grafana.pull import SCHEMA_CHOICES as PULL_SCHEMA_CHOICES
from tailboard.publish.rulers.connect import RULER_KINDS
from tailboard.search.match import MATCH_KINDS
from tests import ROOT
from tests.for_each import for_each

SHARED_MODULES = {
    "panels/conventions": {
        "buckets",
        "catalogue",
        "celery",
        "grpc_status",
        "otel",
        "otel_gen_ai",
        "otel_untranslated",
        "process",
        "routes",
        "unmeasured",
    },
    "panels/kinds": {"raw", "size"},
    "dashboards/library": {"service_dashboard", "service_tabs"},
    "alerts/rules": set(),
    "tailboard/lint/rules": set(),
    "tailboard/check/rules": set(),
    "publish/formats": {"format", "yaml_text"},
    "tailboard/cli/commands": set(),
}
"""The files of each folder that hold no thing of their own, but what several of them share."""

RUN_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")

ORDERS_DEFINITION = "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Orders')\n"
"""The definition that examples may name."""

PUBLISHING_COMMANDS = {"plan", "publish", "pull", "report", "rollback"}
"""The commands that ask a Grafana."""

HELPER_MODULES = {"kinds", "percentiles", "query"}
"""What is in panels/ and returns grafanalib's objects, but for ready-made panels to share."""


def list_files(folder: str) -> list[str]:
    """The names of the files of a folder that have to be listed."""
    names = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    missing = SHARED_MODULES[folder] - names
    assert not missing, f"{missing} of {folder} are gone: take them out of SHARED"
    return sorted(names - SHARED_MODULES[folder])


def load_module(folder: str, name: str) -> ModuleType:
    return import_module(f"{package_name(folder)}.{name}")


def package_name(folder: str) -> str:
    """What Python calls the package in a folder."""
    return f"tailboard.{folder.removeprefix('tailboard/').replace('/', '.')}"


def is_defined_in(module: ModuleType, values: Iterable[object]) -> bool:
    """Whether a module defines or imports one of these values."""
    module_values = list(vars(module).values())
    return any(value is module_value for value in values for module_value in module_values)


# Every file is listed


@for_each(list_files("panels/conventions"))
def test_every_convention_is_listed_under_the_name_of_its_file(name: str) -> None:
    convention = getattr(load_module("panels/conventions", name), name.upper())
    assert any(convention is entry for entry in CONVENTIONS)
    assert convention.name == name


@for_each(list_files("panels/kinds"))
def test_every_panel_kind_is_listed_under_the_name_of_its_file(name: str) -> None:
    assert getattr(load_module("panels/kinds", name), name) in KINDS


@for_each(list_files("dashboards/library"))
def test_every_library_dashboard_is_listed_under_the_name_of_its_file(name: str) -> None:
    assert getattr(load_module("dashboards/library", name), name) in LIBRARY


@for_each(list_files("alerts/rules"))
def test_every_alert_rule_is_listed_under_the_name_of_its_file(name: str) -> None:
    make = getattr(load_module("alerts/rules", name), name)
    assert make in RULES
    assert build_alert_name(make) == load_module("alerts/rules", name).NAME


@for_each(list_files("tailboard/lint/rules"))
def test_every_lint_rule_is_listed_under_the_name_of_its_file(name: str) -> None:
    module = load_module("tailboard/lint/rules", name)
    assert module.RULE in LINT_RULES
    assert module.RULE.name == name.replace("_", "-")
    assert module.RULE.page == module.__doc__


@for_each(list_files("tailboard/check/rules"))
def test_every_check_is_listed_under_the_name_of_its_file(name: str) -> None:
    module = load_module("tailboard/check/rules", name)
    assert module.CHECK in CHECKS
    assert module.CHECK.name == name.replace("_", "-")
    assert module.CHECK.page == module.__doc__


@for_each(list_files("publish/formats"))
def test_every_format_is_listed_under_the_name_of_its_file(name: str) -> None:
    output_format = load_module("publish/formats", name).FORMAT
    assert output_format in FORMATS
    assert output_format.name == name.rstrip("_")


def test_every_command_has_a_file_and_every_file_a_command() -> None:
    assert sorted(COMMANDS) == list_files("tailboard/cli/commands")


@for_each(sorted({path.stem for path in (ROOT / "panels").glob("*.py")} - HELPER_MODULES))
def test_every_module_with_a_ready_made_panel_is_listed(name: str) -> None:
    module = import_module(f"tailboard.panels.{name}")
    assert bool(catalogue.list_builders(module)) == (module in READY_MADE)


def test_every_shared_file_is_shared() -> None:
    listed = {
        "panels/conventions": CONVENTIONS,
        "panels/kinds": KINDS,
        "dashboards/library": LIBRARY,
        "publish/formats": FORMATS,
    }
    for folder, entries in listed.items():
        for name in SHARED_MODULES[folder]:
            assert not is_defined_in(load_module(folder, name), entries), (
                f"{folder}/{name}.py holds a listed one"
            )


@pytest.mark.parametrize("folder", [*SHARED_MODULES, "panels", "dashboards"])
def test_what_a_package_exports_is_there(folder: str) -> None:
    package = import_module(package_name(folder))
    for name in getattr(package, "__all__", ()):
        assert hasattr(package, name)
    assert len(set(getattr(package, "__all__", ()))) == len(getattr(package, "__all__", ()))


# Everything that has a name is explained


def list_catalogue_entries() -> list[tuple[str, str]]:
    return [(kind, entry.name) for kind, entry in catalogue.list_entries()]


@pytest.mark.parametrize(("kind", "name"), list_catalogue_entries())
def test_everything_listed_can_be_explained(
    kind: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", name]) == 0
    output = capsys.readouterr()
    assert f"{name} ({kind.removesuffix('s')})" in output.out
    assert not output.err


def test_list_as_json_names_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["entries"]
    assert [(row["kind"], row["name"]) for row in rows] == list_catalogue_entries()
    assert len(set(list_catalogue_entries())) == len(list_catalogue_entries())


@for_each([entry for _, entry in catalogue.list_entries()], lambda entry: entry.name)
def test_everything_listed_has_a_sentence_of_its_own(entry: catalogue.Entry) -> None:
    sentence = catalogue.describe_entry(entry)
    assert len(sentence) > 3
    assert "\n" not in sentence
    assert sentence != inspect.getdoc(type(entry.value)), "that is the docstring of its class"


# Every command is documented


def find_command(name: str) -> click.Command:
    click_command = tailboard.get_command(click.Context(tailboard), name)
    assert click_command
    return click_command


def read_help(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main([name, "--help"] if name else ["--help"]) == 0
    return capsys.readouterr().out


every_command = pytest.mark.parametrize("name", COMMANDS)


@every_command
def test_the_first_line_of_a_command_is_its_sentence_in_the_list(name: str) -> None:
    first = (find_command(name).help or "").partition("\n")[0]
    assert first.removesuffix(".") == COMMANDS[name]
    assert len(COMMANDS[name]) <= 60
    assert COMMANDS[name][0].isupper()


@every_command
def test_every_option_of_a_command_is_explained(name: str) -> None:
    for parameter in find_command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.endswith(".")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_ends_in_an_example_that_works(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    last = re.search(r"\n *Example:\n((?: +\S.*\n)+)\Z", read_help(name, capsys))
    assert last, "the help does not end in an example"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.py").write_text(ORDERS_DEFINITION)
    (tmp_path / "metrics.txt").write_text("orders_total 1\n")
    (tmp_path / "dashboard.json").write_text('{"panels": [], "title": "Orders"}')
    (tmp_path / "rules.yaml").write_text("groups: [{rules: [{record: took, expr: took_ms}]}]\n")
    run = published_run(monkeypatch, request, capsys) if name in PUBLISHING_COMMANDS else ""
    for line in last[1].splitlines():
        program, *arguments = shlex.split(RUN_NAME.sub(run, line))
        assert program == "tailboard"
        assert main(arguments) == 0
        assert not name or arguments[0] == name


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_a_terminal_of_eighty_columns_but_for_names(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = [
        line
        for line in read_help(name, capsys).splitlines()
        if len(line) > 80 and "[" not in line and not line.startswith("    tailboard ")
    ]
    assert not wide


def published_run(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """A Grafana in the environment that holds what `orders.py` declares; the run's name."""
    server = request.getfixturevalue("memory_grafana")
    monkeypatch.setenv("GRAFANA_URL", server.url)
    monkeypatch.setenv("GRAFANA_TOKEN", server.create_token("administrator"))
    assert main(["publish", "orders.py", "--folder", "Shop/Orders"]) == 0
    match = RUN_NAME.search(capsys.readouterr().err)
    assert match
    return match[0]


@pytest.mark.parametrize("name", settings.SETTING_NAMES)
def test_every_setting_is_an_option_or_argument_of_some_command(name: str) -> None:
    if name not in {*settings.TABLE_SETTINGS, settings.TARGETS_SETTING}:
        params = [
            parameter.name
            for name in ("build", "publish")
            for parameter in find_command(name).params
        ]
        assert name in params


@every_command
def test_every_choice_of_a_command_comes_from_a_list(name: str) -> None:
    """A new convention, format or kind is an option's value without another line."""
    lists = [
        {convention.name for convention in CONVENTIONS},
        {output_format.name for output_format in FORMATS},
        set(catalogue.ENTRY_LISTS),
        {*SEVERITIES, "nothing"},
        set(API_CHOICES),
        set(SCHEMA_CHOICES),
        set(RULER_KINDS),
        set(PULL_SCHEMA_CHOICES),
        {"continue", "abort"},
        {*MATCH_KINDS, "any"},
        set(THEMES),
    ]
    for parameter in find_command(name).params:
        if isinstance(parameter.type, click.Choice):
            assert set(parameter.type.choices) in lists
