"""What is started, and how, depending on what the machine has."""

from pathlib import Path

import pytest

from demo.addresses import PORTS
from demo.programs import Program, build_preview, list_clients, list_servers

ADDRESSES = {name: f"127.0.0.1:{50_000 + port}" for name, port in PORTS.items()}
UPSTREAM_NAMES = ("prometheus", "alertmanager", "pushgateway", "grafana")
DEBIAN_NAMES = (
    "prometheus",
    "prometheus-alertmanager",
    "prometheus-pushgateway",
    "grafana-server",
)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is all of PATH."""
    folder = tmp_path / "opt" / "bin"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install_programs(folder: Path, *names: str) -> None:
    """Put programs into a folder."""
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


def list_servers_by_name(tmp_path: Path) -> dict[str, Program]:
    """Return the servers that would be started, by name."""
    return {program.name: program for program in list_servers(tmp_path, ADDRESSES)}


@pytest.mark.parametrize("names", [UPSTREAM_NAMES, DEBIAN_NAMES])
def test_debians_and_the_makers_names_are_found(
    tmp_path: Path, bin_folder: Path, names: tuple[str, ...]
) -> None:
    install_programs(bin_folder, *names)
    assert set(list_servers_by_name(tmp_path)) == set(PORTS) - {"preview"}


def test_what_the_machine_has_not_is_not_started(tmp_path: Path, bin_folder: Path) -> None:
    install_programs(bin_folder, "prometheus")
    programs = list_servers_by_name(tmp_path)
    assert set(programs) == {"orders-api", "worker", "alert-log", "prometheus"}


def test_every_server_listens_on_this_machine_only(tmp_path: Path, bin_folder: Path) -> None:
    install_programs(bin_folder, *DEBIAN_NAMES)
    for name, program in list_servers_by_name(tmp_path).items():
        words = [*program.command, *program.environment.values()]
        assert any("127.0.0.1" in word for word in words), name
        assert program.address == ADDRESSES[name]


def test_grafana_keeps_its_data_in_the_folder_and_its_password(
    tmp_path: Path, bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_programs(bin_folder, "grafana")
    monkeypatch.setenv("GRAFANA_ADMIN_PASSWORD", "from outside")
    grafana = list_servers_by_name(tmp_path)["grafana"]
    assert grafana.command[:2] == [str(bin_folder / "grafana"), "server"]
    assert grafana.environment["GF_SERVER_HTTP_PORT"] == "53000"
    assert grafana.environment["GF_SECURITY_ADMIN_PASSWORD"] == "from outside"
    for place in ("DATA", "LOGS", "PLUGINS", "PROVISIONING"):
        assert Path(grafana.environment[f"GF_PATHS_{place}"]).is_relative_to(tmp_path)


def test_the_report_needs_a_pushgateway_and_load_can_be_left_out() -> None:
    clients = list_clients(ADDRESSES, pushgateway=True, load=True)
    assert [program.name for program in clients] == ["report", "load"]
    assert list_clients(ADDRESSES, pushgateway=False, load=False) == []


@pytest.mark.parametrize("prometheus", [True, False])
def test_the_preview_has_the_data_of_prometheus_or_says_that_it_is_made_up(
    prometheus: bool,
) -> None:
    command = build_preview(ADDRESSES, prometheus=prometheus).command
    assert (f"--prometheus=http://{ADDRESSES['prometheus']}" in command) is prometheus
    assert ("--example" in command) is not prometheus
    assert "--serve" in command
