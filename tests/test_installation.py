"""Installed into a fresh environment, the program and its pytest plugin work beside anything."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import ROOT

pytestmark = pytest.mark.slow

BUILD = "import sys, hatchling.build as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"
LINKS = {
    **{f"tailboard/{name}": f"../{name}" for name in ("panels", "dashboards", "alerts", "publish")},
    "editable/tailboard": "../tailboard",
}
DEFINITION = """
from tailboard import Dashboard, Row, Service
from tailboard.panels import traffic
from tailboard.panels.conventions import PROMETHEUS_CLIENT

SERVICE = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT)
dashboard = Dashboard("Orders", uid="orders", rows=[Row("Traffic", [traffic.rate(SERVICE)])])
"""
METRICS = 'http_requests_total{method="GET",endpoint="/",http_status="200"} 1\n'
TEST = """
def test_fed(fed):
    fed("monitoring.py", metrics="metrics.prom")

def test_own_packages():
    import dashboards, panels, alerts, publish
    assert dashboards.OWN and panels.OWN and alerts.OWN and publish.OWN
"""
NAMESPACES = "dashboards.orders, panels.orders, alerts.orders"


@dataclass(frozen=True)
class Environment:
    """A virtual environment that finds the libraries of this one, but not its tailboard."""

    folder: Path

    @property
    def site_packages(self) -> Path:
        """Where packages are installed."""
        variables = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", variables))

    def create(self) -> None:
        """Create the environment, without pip."""
        run_checked(sys.executable, "-m", "venv", "--without-pip", str(self.folder))
        libraries = sysconfig.get_path("purelib")
        (self.site_packages / "libraries.pth").write_text(f"{libraries}\n")
        pytest_program = self.folder / "bin/pytest"
        pytest_program.write_text(
            f"#!{self.folder}/bin/python\nimport sys, pytest\nsys.exit(pytest.main())\n"
        )
        pytest_program.chmod(0o755)

    def run(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PYTEST", "TAILBOARD", "GRAFANA", "PROMETHEUS"))
        }
        program, *options = arguments
        return subprocess.run(
            [str(self.folder / "bin" / program), *options],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *arguments: str) -> None:
        """Install something without what it depends on."""
        python = str(self.folder / "bin/python")
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
        run_checked(*pip, "--no-deps", "--no-build-isolation", *arguments)


def run_checked(*command: str, folder: Path = ROOT) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout without anything that was built in it."""
    folder = tmp_path_factory.mktemp("tree")
    names = run_checked("git", "ls-files", "--cached", "--others", "--exclude-standard")
    for name in names.splitlines():
        if (ROOT / name).is_symlink() or (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the build backend, which pip fetches."""
    environment = Environment(tmp_path_factory.mktemp("builder") / "venv")
    environment.create()
    python = str(environment.folder / "bin/python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run = subprocess.run(
        [*command, "hatchling>=1.20", "editables"], capture_output=True, text=True, check=False
    )
    if run.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"the build backend cannot be fetched: {run.stderr[-200:]}")
    assert not run.returncode, run.stderr
    return environment


def build(builder: Environment, kind: str, tree: Path, out: Path) -> Path:
    """Build a wheel or a source distribution of a tree."""
    run = builder.run("python", "-c", BUILD, f"build_{kind}", str(out), folder=tree)
    assert run.returncode == 0, run.stderr
    return out / run.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(builder: Environment, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(builder, "wheel", tree, tmp_path_factory.mktemp("wheel"))


def read_files(wheel: Path) -> dict[str, bytes]:
    """What a wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(
    request: pytest.FixtureRequest,
    builder: Environment,
    tree: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Environment:
    """A fresh environment in which the project is installed."""
    installed = Environment(tmp_path_factory.mktemp(request.param) / "venv")
    installed.create()
    if request.param == "wheel":
        installed.install(str(request.getfixturevalue("wheel")))
    else:
        folder = tmp_path_factory.mktemp("editable")
        installed.install(str(build(builder, "editable", tree, folder)))
    return installed


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with a definition, what it needs, and a test of it."""
    (tmp_path / "monitoring.py").write_text(DEFINITION)
    (tmp_path / "metrics.prom").write_text(METRICS)
    return tmp_path


def add_own_packages(folder: Path, *, are_regular: bool) -> None:
    """Add folders and a module that have the names of ours."""
    for name in ("dashboards", "panels", "alerts"):
        (folder / name).mkdir(parents=True)
        (folder / name / "orders.py").write_text("OWN = True\n")
        if are_regular:
            (folder / name / "__init__.py").write_text("OWN = True\n")
    (folder / "publish.py").write_text("OWN = True\n")


def test_a_wheel_holds_every_package_once_and_nothing_else(wheel: Path) -> None:
    names = read_files(wheel).keys()
    assert {name.partition("/")[0] for name in names} == {"tailboard", "tailboard-0.1.0.dist-info"}
    modules = {name for name in names if name.endswith((".py", "py.typed"))}
    expected = {
        f"{'' if package == 'tailboard' else 'tailboard/'}{path.relative_to(ROOT)}"
        for package in ("tailboard", "panels", "dashboards", "alerts", "publish")
        for pattern in ("*.py", "py.typed")
        for path in (ROOT / package).rglob(pattern)
        if package != "tailboard" or str(Path(*path.relative_to(ROOT).parts[:2])) not in LINKS
    }
    assert modules == expected


def test_a_tree_in_which_links_are_text_files_gives_the_same_wheel(
    builder: Environment, tree: Path, wheel: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "tree"
    shutil.copytree(tree, copy, symlinks=True)
    for link, target in LINKS.items():
        assert (copy / link).readlink() == Path(target)
        (copy / link).unlink()
        (copy / link).write_text(target)
    assert read_files(build(builder, "wheel", copy, tmp_path)) == read_files(wheel)


def test_a_source_distribution_gives_the_same_wheel(
    builder: Environment, tree: Path, wheel: Path, tmp_path: Path
) -> None:
    archive = build(builder, "sdist", tree, tmp_path)
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    [folder] = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert read_files(build(builder, "wheel", folder, tmp_path)) == read_files(wheel)


@pytest.mark.parametrize("program", [["tailboard"], ["python", "-m", "tailboard"]])
def test_the_program_runs_in_a_fresh_environment(
    program: list[str], environment: Environment, repository: Path
) -> None:
    add_own_packages(repository, are_regular=True)
    run = environment.run(*program, "--version", folder=repository)
    assert (run.returncode, run.stderr) == (0, "")
    run = environment.run(*program, "build", "monitoring.py", folder=repository)
    assert run.returncode == 0, run.stderr
    assert (repository / "dist/dashboards/orders.json").is_file()


@pytest.mark.parametrize("are_regular", [True, False], ids=["packages", "folders"])
@pytest.mark.parametrize(
    "program",
    [["pytest"], ["python", "-m", "pytest"], ["pytest", "-o", "pythonpath=."]],
    ids=" ".join,
)
def test_pytest_runs_in_a_repository_with_packages_of_our_names(
    program: list[str], are_regular: bool, environment: Environment, repository: Path
) -> None:
    add_own_packages(repository, are_regular=are_regular)
    text = TEST
    if not are_regular:
        text = text.replace("import dashboards, panels, alerts", f"import {NAMESPACES}")
        text = text.replace("s.OWN", "s.orders.OWN")
    (repository / "test_app.py").write_text(text)
    run = environment.run(*program, "-q", folder=repository)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "2 passed" in run.stdout


def test_an_editable_package_of_our_name_is_the_users(
    environment: Environment, repository: Path
) -> None:
    add_own_packages(repository / "elsewhere", are_regular=True)
    (repository / "test_app.py").write_text(TEST)
    path_file = environment.site_packages / "zz_users.pth"
    path_file.write_text(f"{repository / 'elsewhere'}\n")
    try:
        run = environment.run("python", "-m", "pytest", "-q", folder=repository)
        build_run = environment.run("tailboard", "build", "monitoring.py", folder=repository)
    finally:
        path_file.unlink()
    assert run.returncode == 0, run.stdout + run.stderr
    assert build_run.returncode == 0, build_run.stderr


def test_the_plugin_imports_nothing_before_it_is_used(
    environment: Environment, repository: Path
) -> None:
    (repository / "test_app.py").write_text(
        """
import sys
def test_nothing_is_imported():
    names = {name.partition(".")[0] for name in sys.modules}
    assert not names & {"click", "grafanalib", "orjson", "requests", "rich", "yaml"}
    ours = {name for name in sys.modules if name.partition(".")[0] == "tailboard"}
    assert ours == {
        "tailboard",
        "tailboard.panels",
        "tailboard.panels.lazy_names",
        "tailboard.pytest_plugin",
    }
"""
    )
    run = environment.run("python", "-m", "pytest", "-q", "-p", "no:anyio", folder=repository)
    assert run.returncode == 0, run.stdout + run.stderr
