"""What a command imports before it works: most of the time of a short run goes there."""

import pytest

from tailboard.lint.rules import LINT_RULES
from tailboard.panels.conventions import CONVENTION_NAMES
from tests.workspace import Workspace

IMPORTING_PROGRAM = """
    import sys
    modules_of_python = set(sys.modules)
    from tailboard.cli.main import main
    main(sys.argv[1:])
    print(*sorted(set(sys.modules) - modules_of_python))
"""
HEAVY_MODULES = {
    "attr",
    "difflib",
    "fractions",
    "grafanalib",
    "grafanalib.core",
    "hashlib",
    "pickle",
    "random",
    "requests",
    "rich",
    "tailboard.alerts.rule_set",
    "tailboard.dashboards.library",
    "tailboard.dashboards.passes.modernize.angular",
    "tailboard.dashboards.schema_v2.flatten",
    "tailboard.dashboards.schema_v2.layout",
    "tailboard.definitions.build",
    "tailboard.lint.alert_template",
    "tailboard.lint.rule_files.read",
    "tailboard.panels.conventions",
    "tailboard.panels.kinds",
    "tailboard.panels.promql",
    "tailboard.panels.service",
    "tempfile",
    "tomllib",
    "traceback",
    "urllib3",
    "yaml",
}
"""What costs most, or brings what does: grafanalib takes longer than all of the linter."""

CONVENTIONS = "tailboard.panels.conventions"
MAX_VERSION_MODULES = 10
MAX_LINT_MODULES = 95
"""Beside a module for each rule."""

MAX_DASHBOARD_MODULES = 85
MAX_SERVICE_MODULES = 200
"""How many modules of tailboard a run imports; each takes some 0.15 ms of CPU."""

DOCUMENT = '{"title": "Orders", "panels": [], "schemaVersion": 42, "uid": "orders"}'


def list_imports(workspace: Workspace, *arguments: str) -> set[str]:
    run = workspace.run_process(*arguments, program=IMPORTING_PROGRAM)
    assert run.exit_code == 0, run.output
    return set(run.stdout.splitlines()[-1].split())


def count_own_modules(imports: set[str]) -> int:
    return sum(name.partition(".")[0] == "tailboard" for name in imports)


def test_lint_of_json_imports_neither_grafanalib_nor_what_builds_dashboards(
    workspace: Workspace,
) -> None:
    workspace.write_file("orders.json", DOCUMENT)
    imports = list_imports(workspace, "lint", "orders.json", "--fail-on", "nothing")
    assert "tailboard.lint.rules" in imports
    assert not imports & HEAVY_MODULES
    assert count_own_modules(imports) <= MAX_LINT_MODULES + len(LINT_RULES)


def test_a_folder_of_dashboards_json_imports_no_more_than_one_of_them(workspace: Workspace) -> None:
    for name in ("orders", "payments"):
        workspace.write_file(f"many/{name}.json", DOCUMENT.replace("orders", name))
    imports = list_imports(workspace, "lint", "many", "--fail-on", "nothing")
    assert not imports & HEAVY_MODULES


SERVICE_MODULES = {
    "tailboard.alerts.groups",
    "tailboard.alerts.rule",
    "tailboard.alerts.rule_set",
    "tailboard.dashboards.library",
    "tailboard.dashboards.schema_v2.check",
    "tailboard.dashboards.schema_v2.convert",
    "tailboard.panels.conventions.catalogue",
    "tailboard.panels.kinds",
    "tailboard.panels.promql",
    "tailboard.panels.service",
    "tailboard.queries",
    "yaml",
}
"""What only services need, their rules, or dashboards of schema v2."""

DEFINITION = """
from grafanalib.core import Target, TimeSeries
from tailboard import Dashboard, Row
from tailboard.dashboards.variables import label_values

panel = TimeSeries(title="Orders", targets=[Target(expr="sum(rate(orders_total[5m]))")])
dashboard = Dashboard(
    "Orders",
    uid="orders",
    variables=[label_values("instance", "up", "instance")],
    rows=[Row("Sales", [panel])],
)
"""
SERVICE_DEFINITION = """
from tailboard import Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)]
"""


def test_build_of_a_dashboard_imports_nothing_that_only_services_need(workspace: Workspace) -> None:
    workspace.write_file("orders.py", DEFINITION)
    imports = list_imports(workspace, "build", "orders.py")
    assert "grafanalib.core" in imports
    assert not imports & SERVICE_MODULES
    assert count_own_modules(imports) <= MAX_DASHBOARD_MODULES


def test_lint_of_a_dashboard_imports_nothing_that_only_services_need(workspace: Workspace) -> None:
    workspace.write_file("orders.py", DEFINITION)
    imports = list_imports(workspace, "lint", "orders.py", "--fail-on", "nothing")
    assert "grafanalib.core" in imports
    assert not imports & (SERVICE_MODULES - {"tailboard.queries"})


def test_build_of_a_service_imports_the_convention_that_it_names_alone(
    workspace: Workspace,
) -> None:
    workspace.write_file("orders.py", SERVICE_DEFINITION)
    imports = list_imports(workspace, "build", "orders.py")
    conventions = {name for name in CONVENTION_NAMES if f"{CONVENTIONS}.{name}" in imports}
    assert conventions == {"prometheus_client"}
    assert count_own_modules(imports) <= MAX_SERVICE_MODULES


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_version_and_help_import_no_command(workspace: Workspace, arguments: list[str]) -> None:
    imports = list_imports(workspace, *arguments)
    assert not {name for name in imports if name.startswith("tailboard.cli.commands.")}
    assert not imports & {*HEAVY_MODULES, "orjson", "promql_parser"}
    assert count_own_modules(imports) <= MAX_VERSION_MODULES


def test_a_package_imports_a_name_when_it_is_used(workspace: Workspace) -> None:
    program = """
        import sys
        from tailboard import panels
        assert "grafanalib" not in sys.modules
        assert panels.latency.percentiles and panels.Service and panels.kinds.stat
        assert "grafanalib" in sys.modules
    """
    assert workspace.run_process(program=program).exit_code == 0


@pytest.mark.parametrize("package", ["panels", "dashboards", "alerts"])
def test_every_name_that_a_package_lists_is_there(workspace: Workspace, package: str) -> None:
    program = f"""
        import tailboard.{package} as package
        for name in package.__all__:
            getattr(package, name)
        assert not hasattr(package, "no_such_name")
        from tailboard.{package} import *
    """
    run = workspace.run_process(program=program)
    assert run.exit_code == 0, run.output
