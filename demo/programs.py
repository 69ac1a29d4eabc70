"""The programs of the demo and how each is started on this machine."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from demo.addresses import HOST, Addresses, parse_port
from demo.configuration import write_alertmanager, write_prometheus, write_provisioning


@dataclass(frozen=True)
class Program:
    """A program to start. `address` is where it listens, if it does."""

    name: str
    command: list[str]
    address: str | None = None
    environment: dict[str, str] = field(default_factory=dict)


BINARIES = {
    "prometheus": ("prometheus",),
    "pushgateway": ("prometheus-pushgateway", "pushgateway"),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "grafana": ("grafana", "grafana-server"),
}
"""The names in Debian and in the projects' own releases."""

INSTALL_HINTS = {
    "prometheus": "apt install prometheus",
    "pushgateway": "apt install prometheus-pushgateway",
    "alertmanager": "apt install prometheus-alertmanager",
    "grafana": "not in Debian: https://grafana.com/grafana/download",
}


def find_binary(name: str) -> str | None:
    """Find a program by any of its names."""
    return next(filter(None, map(shutil.which, BINARIES[name])), None)


def list_servers(folder: Path, addresses: Addresses) -> list[Program]:
    """List the programs that listen, without those that this machine has not installed."""
    binaries = {name: binary for name in BINARIES if (binary := find_binary(name))}
    return [
        *(
            build_python_server(name, addresses[name])
            for name in ("alert-log", "orders-api", "worker")
        ),
        *(build_server(name, binary, folder, addresses) for name, binary in binaries.items()),
    ]


def build_preview(addresses: Addresses, *, prometheus: bool) -> Program:
    """The dashboards without a Grafana: with Prometheus' data, or with values that are made up."""
    data = [f"--prometheus=http://{addresses['prometheus']}"] if prometheus else ["--example"]
    address = addresses["preview"]
    options = ["--serve", f"--port={parse_port(address)}", "--from=now-15m"]
    command = [sys.executable, "-m", "tailboard", "preview", *data, *options]
    return Program("preview", command, address)


def list_clients(addresses: Addresses, *, pushgateway: bool, load: bool) -> list[Program]:
    """List the programs that call the servers, to be started once those are up."""
    url, gateway = f"http://{addresses['orders-api']}", addresses["pushgateway"]
    report = ["--every=30", f"--gateway={gateway}", f"--orders-url={url}"]
    return [
        *(
            [Program("report", build_python_command("nightly_report", *report))]
            if pushgateway
            else []
        ),
        *(
            [Program("load", build_python_command("load", "--seconds=0", f"--url={url}"))]
            if load
            else []
        ),
    ]


def build_python_command(module: str, *options: str) -> list[str]:
    """The command for a module of the demo, with the same Python."""
    return [sys.executable, "-m", f"demo.{module}", *options]


def build_python_server(name: str, address: str) -> Program:
    """One of the demo's own servers."""
    options = [f"--host={HOST}", f"--port={parse_port(address)}"]
    return Program(name, build_python_command(name.replace("-", "_"), *options), address)


def build_server(name: str, binary: str, folder: Path, addresses: Addresses) -> Program:
    """A server of another project, with its data in `folder`."""
    address = addresses[name]
    data = folder / name
    data.mkdir()
    match name:
        case "prometheus":
            options = [
                f"--config.file={write_prometheus(folder, addresses)}",
                f"--storage.tsdb.path={data}",
                "--storage.tsdb.retention.time=7d",
            ]
        case "alertmanager":
            options = [
                f"--config.file={write_alertmanager(folder, addresses)}",
                f"--storage.path={data}",
                "--cluster.listen-address=",
            ]
        case "pushgateway":
            options = ["--persistence.file="]
        case _:
            return build_grafana(binary, data, addresses)
    return Program(name, [binary, f"--web.listen-address={address}", *options], address)


def build_grafana(binary: str, data: Path, addresses: Addresses) -> Program:
    """Grafana with the generated dashboards and data source, from a package or an archive."""
    packaged = Path("/usr/share/grafana")
    home = packaged if packaged.is_dir() else Path(binary).resolve().parents[1]
    start = [binary, "server"] if Path(binary).name == "grafana" else [binary]
    provisioning = write_provisioning(data, addresses) or data / "provisioning"
    return Program(
        "grafana",
        [*start, f"--homepath={home}"],
        addresses["grafana"],
        {
            "GF_SERVER_HTTP_ADDR": HOST,
            "GF_SERVER_HTTP_PORT": str(parse_port(addresses["grafana"])),
            "GF_PATHS_DATA": str(data),
            "GF_PATHS_LOGS": str(data / "log"),
            "GF_PATHS_PLUGINS": str(data / "plugins"),
            "GF_PATHS_PROVISIONING": str(provisioning),
            "GF_SECURITY_ADMIN_PASSWORD": os.environ.get("GRAFANA_ADMIN_PASSWORD") or "tailboard",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        },
    )
