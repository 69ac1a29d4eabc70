"""The whole demo on this machine, without containers: `python -m demo.run`."""

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from demo.addresses import PORTS, Addresses, choose_addresses, parse_port
from demo.configuration import PROVISIONING, find_generated_rules
from demo.processes import (
    ChildProcess,
    start_process,
    stop_processes,
    wait_until_up,
    watch_processes,
)
from demo.programs import (
    BINARIES,
    INSTALL_HINTS,
    build_preview,
    find_binary,
    list_clients,
    list_servers,
)
from demo.stop_signal import StopSignal, install_stop_signal

PACKAGES = ("fastapi", "prometheus_client", "requests", "uvicorn")
PREVIEW_PACKAGES = ("jinja2", "markdown_it", "tailboard", "vl_convert")
START_TIMEOUT = 60

PROGRAM_DESCRIPTIONS = {
    "orders-api": "the service; its routes: /docs, its metrics: /metrics",
    "worker": "the queue worker's metrics: /metrics",
    "alert-log": "receives the alerts",
    "prometheus": "the metrics; alerts: /alerts",
    "pushgateway": "what the batch job pushed",
    "alertmanager": "alerts, silences",
    "grafana": "the dashboards; user admin, password tailboard or $GRAFANA_ADMIN_PASSWORD",
    "preview": "the dashboards, drawn without a Grafana",
}


@click.command()
@click.option(
    "--seconds", type=click.FloatRange(min=0), help="Stop after so long. Default: Ctrl-C."
)
@click.option("--no-load", is_flag=True, help="Send no requests to the orders API.")
def main(seconds: float | None, no_load: bool) -> None:
    """Start the shop, its load and whatever of Prometheus' stack this machine has."""
    stop = install_stop_signal()
    if missing := [package for package in PACKAGES if find_spec(package) is None]:
        click.echo(f"Not installed: {', '.join(missing)}. pip install -r demo/requirements.txt")
        raise SystemExit(1)
    with TemporaryDirectory(prefix="tailboard-demo-", ignore_cleanup_errors=True) as folder:
        raise SystemExit(run_demo(Path(folder), stop, seconds, load=not no_load))


def run_demo(folder: Path, stop: StopSignal, seconds: float | None, *, load: bool) -> int:
    """Start everything, wait, stop everything; return the exit code."""
    children: list[ChildProcess] = []
    try:
        failed = start_and_watch(children, folder, stop, seconds, load=load)
        if failed:
            print_failure(failed)
    finally:
        stop_processes(children)
    click.echo("Stopped.")
    return 1 if failed else 0


def start_and_watch(
    children: list[ChildProcess],
    folder: Path,
    stop: StopSignal,
    seconds: float | None,
    *,
    load: bool,
) -> ChildProcess | None:
    """Start everything, adding it to `children`, and wait; return a child that failed."""
    addresses = choose_addresses()
    for program in list_servers(folder, addresses):
        children.append(start_process(program, folder))
    failed = wait_until_up(children, stop, START_TIMEOUT)
    if failed or stop.requested:
        return failed
    pushgateway = find_binary("pushgateway") is not None
    for program in list_clients(addresses, pushgateway=pushgateway, load=load):
        children.append(start_process(program, folder))
    if find_binary("grafana") is None and has_preview():
        has_prometheus = find_binary("prometheus") is not None
        preview = build_preview(addresses, prometheus=has_prometheus)
        children.append(start_process(preview, folder))
    print_addresses(children, addresses)
    return watch_processes(children, stop, seconds)


def has_preview() -> bool:
    """Whether what draws dashboards without a Grafana is installed."""
    return all(find_spec(package) is not None for package in PREVIEW_PACKAGES)


def print_addresses(children: list[ChildProcess], addresses: Addresses) -> None:
    """Print what runs where, what is missing and what to try."""
    listening = [child.program.name for child in children if child.program.address]
    click.echo("The demo runs. Ctrl-C stops it.\n")
    for name in listening:
        click.echo(f"  {name:<14}http://{addresses[name]:<18}{PROGRAM_DESCRIPTIONS[name]}")
    click.echo()
    for name in listening:
        if parse_port(addresses[name]) != PORTS[name]:
            click.echo(f"Port {PORTS[name]} is taken: {name} listens on {addresses[name]} instead.")
    for name in BINARIES:
        if name not in listening:
            click.echo(f"No {name} on this machine ({INSTALL_HINTS[name]}).")
    if not find_generated_rules():
        click.echo("No rules are generated yet, so nothing alerts: run `make dashboards` first.")
    print_dashboard_hint(addresses, listening)
    click.echo(
        "Mend the missing index:  curl -X POST -H 'content-type: application/json'"
        f""" -d '{{"slow_table": false}}' http://{addresses["orders-api"]}/demo/faults"""
    )


def print_dashboard_hint(addresses: Addresses, listening: Collection[str]) -> None:
    """Print where the dashboards are, or what is missing for them: a build, or a Grafana."""
    if not PROVISIONING.is_dir():
        click.echo("No dashboards are generated yet: run `make dashboards` first.")
    if "grafana" in listening:
        return
    if "preview" not in listening:
        click.echo("To see the dashboards without a Grafana: pip install 'tailboard[preview]'")
    elif "prometheus" not in listening:
        click.echo("Without a Prometheus the dashboards show made-up values, and say so.")
    click.echo(
        "With a Grafana elsewhere: add a Prometheus data source for"
        f" http://{addresses['prometheus']},\n"
        "then Dashboards > New > Import, and choose the files of dist/import/ one by one."
    )


def print_failure(child: ChildProcess) -> None:
    """Print which program failed, and the end of its log."""
    code = child.process.returncode
    how = "does not answer" if code is None else f"ended with exit code {code}"
    click.echo(f"{child.program.name} {how}. The end of its log:", err=True)
    click.echo(child.read_last_lines() or "(empty)", err=True)


if __name__ == "__main__":
    main()
