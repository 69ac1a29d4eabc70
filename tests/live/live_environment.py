"""The environment of the live tests: every app in every role, Prometheus and load."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import ROOT
from tests.live.apps import HTTP_APPS, PUSHING_APPS
from tests.live.load_generator import BUSY_MIX, CLEAN_MIX, LoadGenerator, LoadTarget
from tests.live.processes import (
    HOST,
    PACKAGES,
    ChildProcess,
    ChildProcesses,
    find_free_ports,
    require_binary,
)
from tests.live.prometheus_server import (
    Prometheus,
    start_prometheus,
    start_pushgateway,
    start_redis,
)
from tests.prometheus_programs import list_prometheus_programs

ROLES = ("busy", "clean", "idle")
FULL_LOAD_SECONDS = 12
"""Several rounds of every mix; the gentle load goes on with them."""

BUSY_PER_SECOND = 6
CLEAN_PER_SECOND = 3
CONCURRENT_STARTS = 3
PUSHGATEWAY = "pushgateway"

VICTIM, VICTIM_APP = "victim", "flask_exporter"
"""A job, and an app that runs once more for each Prometheus, for a test that ends it."""

SECOND_CONVENTIONS = {"otel_rpc_old": "otel_rpc"}
"""Conventions of an app that exposes two."""

AppPorts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class LiveEnvironment:
    """One Prometheus of the live tests, the load, and app -> role -> value of the label `job`."""

    prometheus: Prometheus
    jobs: Mapping[str, Mapping[str, str]]
    load: LoadGenerator
    victim: ChildProcess


LiveEnvironments = Mapping[str, LiveEnvironment]
"""By the version of Prometheus."""


@contextmanager
def run_live_environments(
    folder: Path, apps: Sequence[str], versions: Collection[str]
) -> Iterator[LiveEnvironments]:
    """Start everything, drive the full load once, then keep a gentle load until the end.

    Versions of Prometheus that are not installed are left out.
    """
    for name in PACKAGES:
        require_binary(name)
    with ExitStack() as stack:
        children = stack.enter_context(ChildProcesses(folder))
        pushgateway = start_pushgateway(children)
        places = _choose_ports(apps, pushgateway)
        servers: dict[str, Prometheus] = {}
        victim_ports: dict[str, int] = {}
        # Prometheus scrapes from five seconds after its start: meanwhile the apps start.
        for programs in list_prometheus_programs():
            version = programs.version
            if version not in versions:
                continue
            (victim_ports[version],) = find_free_ports(1)
            targets = _list_scrape_targets(places, pushgateway)
            targets[VICTIM] = [f"{HOST}:{victim_ports[version]}"]
            prometheus = start_prometheus(children, targets, {PUSHGATEWAY}, programs=programs)
            servers[version] = stack.enter_context(closing(prometheus))
        _start_apps(children, places, redis=start_redis(children))
        victims = {
            version: _start_app(children, f"{VICTIM}-{version}", VICTIM_APP, {VICTIM: port}, {})
            for version, port in victim_ports.items()
        }
        for prometheus in servers.values():
            prometheus.wait_until_up([*_list_scrape_targets(places, pushgateway), VICTIM])
        load_targets = [
            *_list_load_targets(places),
            *(
                LoadTarget(f"http://{HOST}:{port}", BUSY_MIX, BUSY_PER_SECOND)
                for port in victim_ports.values()
            ),
        ]
        load = stack.enter_context(LoadGenerator(load_targets))
        load.run_load(FULL_LOAD_SECONDS)
        children.check_running()
        load.reduce_load()
        yield {
            version: LiveEnvironment(prometheus, _name_jobs(apps), load, victims[version])
            for version, prometheus in servers.items()
        }


def _name_jobs(apps: Sequence[str]) -> dict[str, dict[str, str]]:
    jobs = {app: {role: f"{app}-{role}" for role in ROLES} for app in apps}
    second_jobs = {name: jobs[app] for name, app in SECOND_CONVENTIONS.items() if app in jobs}
    return {**jobs, **second_jobs}


def _choose_ports(apps: Sequence[str], pushgateway: int) -> AppPorts:
    """Choose a port for each role of each app; all that push have the Pushgateway's."""
    serving = [app for app in apps if app not in PUSHING_APPS]
    ports = iter(find_free_ports(len(serving) * len(ROLES)))
    places = {app: {role: next(ports) for role in ROLES} for app in serving}
    return {
        **places,
        **{app: dict.fromkeys(ROLES, pushgateway) for app in apps if app in PUSHING_APPS},
    }


def _start_apps(children: ChildProcesses, places: AppPorts, *, redis: int) -> None:
    """Start all apps, a few at a time, since their imports take long."""
    environment = {
        "LIVE_FOLDER": str(children.folder),
        "LIVE_REDIS_URL": f"redis://{HOST}:{redis}",
    }

    def start(app: str) -> None:
        _start_app(children, app, app, places[app], environment)

    with ThreadPoolExecutor(CONCURRENT_STARTS) as pool:
        list(pool.map(start, places))


def _start_app(
    children: ChildProcesses,
    name: str,
    app: str,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
) -> ChildProcess:
    roles = [f"{role}={port}" for role, port in ports.items()]
    command = [sys.executable, "-m", "tests.live.apps", app, *roles]
    child = children.start_process(name, command, environment=environment, working_folder=ROOT)
    child.wait_for_ports(list(ports.values()))
    return child


def _list_scrape_targets(places: AppPorts, pushgateway: int) -> dict[str, Sequence[str]]:
    targets: dict[str, Sequence[str]] = {PUSHGATEWAY: [f"{HOST}:{pushgateway}"]}
    for app, roles in places.items():
        if app not in PUSHING_APPS:
            targets.update({f"{app}-{role}": [f"{HOST}:{port}"] for role, port in roles.items()})
    return targets


def _list_load_targets(places: AppPorts) -> Iterator[LoadTarget]:
    for app, ports in places.items():
        if app not in HTTP_APPS:
            continue
        yield LoadTarget(f"http://{HOST}:{ports['busy']}", BUSY_MIX, BUSY_PER_SECOND)
        yield LoadTarget(f"http://{HOST}:{ports['clean']}", CLEAN_MIX, CLEAN_PER_SECOND)
