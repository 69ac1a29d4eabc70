"""The test stand: every app in every role, Prometheus that scrapes them, and load."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .apps import APPS, HTTP_APPS, PUSHING_APPS
from .load import BUSY_MIX, CLEAN_MIX, Load, Target
from .processes import HOST, PACKAGES, Child, Children, binary, free_ports
from .prometheus_server import Prometheus, start_prometheus, start_pushgateway, start_redis

ROLES = ("busy", "clean", "idle")
FULL_LOAD_SECONDS = 25
BUSY_PER_SECOND = 6
CLEAN_PER_SECOND = 3
STARTED_AT_ONCE = 3
PUSHGATEWAY = "pushgateway"

VICTIM, VICTIM_APP = "victim", "flask_exporter"
"""A job, and an app that runs once more, for a test that ends it."""

Places = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Live:
    """What a live test gets: the server to ask, and app -> role -> value of the label `job`."""

    prometheus: Prometheus
    jobs: Mapping[str, Mapping[str, str]]
    load: Load
    victim: Child


@contextmanager
def live_stand(folder: Path) -> Iterator[Live]:
    """Start everything, drive the full load once, then keep a gentle load until the end."""
    for name in PACKAGES:
        binary(name)
    with Children(folder) as children:
        pushgateway = start_pushgateway(children)
        places = _places(pushgateway)
        _start_apps(children, places, redis=start_redis(children))
        (port,) = free_ports(1)
        victim = _start(children, VICTIM, VICTIM_APP, {VICTIM: port}, {})
        targets = _scrape_targets(places, pushgateway)
        targets[VICTIM] = [f"{HOST}:{port}"]
        with closing(start_prometheus(children, targets, {PUSHGATEWAY})) as prometheus:
            prometheus.wait_until_up(targets)
            to_victim = Target(f"http://{HOST}:{port}", BUSY_MIX, BUSY_PER_SECOND)
            with Load([*_load_targets(places), to_victim]) as load:
                load.run(FULL_LOAD_SECONDS)
                children.check()
                load.ease()
                yield Live(prometheus, _jobs(), load, victim)


def _jobs() -> dict[str, dict[str, str]]:
    return {app: {role: f"{app}-{role}" for role in ROLES} for app in APPS}


def _places(pushgateway: int) -> Places:
    """Give each role of each app a port of its own, but the one gateway to those who push."""
    serving = [app for app in APPS if app not in PUSHING_APPS]
    ports = iter(free_ports(len(serving) * len(ROLES)))
    places = {app: {role: next(ports) for role in ROLES} for app in serving}
    return {**places, **{app: dict.fromkeys(ROLES, pushgateway) for app in PUSHING_APPS}}


def _start_apps(children: Children, places: Places, *, redis: int) -> None:
    """Start all apps, a few at once: importing is what costs."""
    environment = {
        "LIVE_FOLDER": str(children.folder),
        "LIVE_REDIS_URL": f"redis://{HOST}:{redis}",
    }

    def start(app: str) -> None:
        _start(children, app, app, places[app], environment)

    with ThreadPoolExecutor(STARTED_AT_ONCE) as pool:
        list(pool.map(start, places))


def _start(
    children: Children,
    name: str,
    app: str,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
) -> Child:
    roles = [f"{role}={port}" for role, port in ports.items()]
    command = [sys.executable, "-m", "apps", app, *roles]
    here = Path(__file__).parent
    child = children.start(name, command, environment=environment, working_folder=here)
    child.wait_for_ports(list(ports.values()))
    return child


def _scrape_targets(places: Places, pushgateway: int) -> dict[str, Sequence[str]]:
    targets: dict[str, Sequence[str]] = {PUSHGATEWAY: [f"{HOST}:{pushgateway}"]}
    for app, roles in places.items():
        if app not in PUSHING_APPS:
            targets.update({f"{app}-{role}": [f"{HOST}:{port}"] for role, port in roles.items()})
    return targets


def _load_targets(places: Places) -> Iterator[Target]:
    for app in HTTP_APPS:
        ports = places[app]
        yield Target(f"http://{HOST}:{ports['busy']}", BUSY_MIX, BUSY_PER_SECOND)
        yield Target(f"http://{HOST}:{ports['clean']}", CLEAN_MIX, CLEAN_PER_SECOND)
