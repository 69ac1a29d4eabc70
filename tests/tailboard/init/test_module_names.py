"""A definition never has the name of a module that programs import."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tailboard.init.module_names import is_module_name
from tailboard.panels.conventions import CONVENTIONS
from tests.tailboard.init.library_expositions import format_exposition
from tests.workspace import Workspace


@pytest.mark.parametrize(
    "name", ["django", "flask", "grpc", "redis", "celery", "json", "logging", "pytest", "tailboard"]
)
def test_known_installed_and_standard_modules_are_modules(name: str, tmp_path: Path) -> None:
    assert is_module_name(name, tmp_path)


@pytest.mark.parametrize("name", ["django-service", "orders", "orders-api", "class", "1st", "订单"])
def test_other_names_are_free(name: str, tmp_path: Path) -> None:
    assert not is_module_name(name, tmp_path)


def test_a_package_beside_it_is_a_module_and_the_file_itself_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (tmp_path / "billing_app").mkdir()
    (tmp_path / "billing_monitoring.py").touch()
    assert is_module_name("billing_app", tmp_path)
    assert not is_module_name("billing_monitoring", tmp_path)
    assert is_module_name("billing_monitoring", tmp_path / "definitions")


def test_the_libraries_of_conventions_are_known(tmp_path: Path) -> None:
    for convention in CONVENTIONS:
        library = convention.library.split()[0].partition("-")[0].lower()
        if library in {"flask", "django", "litestar", "celery", "dramatiq", "starlette", "rq"}:
            assert is_module_name(library, tmp_path)


@pytest.mark.parametrize(
    ("name", "file"),
    [("django", "django-service.py"), ("Shop", "shop.py"), ("Py test", "py-test.py")],
)
def test_init_writes_no_file_that_shadows_a_module(
    workspace: Workspace, name: str, file: str
) -> None:
    workspace.write_file("m.prom", format_exposition("django_prometheus"))
    run = workspace.run_tailboard("init", "--metrics", "m.prom", "--name", name, "--job", "a")
    assert run.exit_code == 0
    assert f"Wrote {file}." in run.stderr
    assert (workspace.root / file).is_file()


def test_a_named_file_that_would_shadow_a_module_is_refused(workspace: Workspace) -> None:
    workspace.write_file("m.prom", format_exposition("flask_exporter"))
    run = workspace.run_tailboard("init", "--metrics", "m.prom", "--out", "flask.py")
    assert run.exit_code == 2
    assert "flask.py would be imported instead of the module 'flask'" in run.stderr
    assert "Tip: call it flask-service.py." in run.stderr
    assert not (workspace.root / "flask.py").exists()
