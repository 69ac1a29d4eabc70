"""The configuration that docker-compose.yml mounts, rewritten for a run without containers."""

import shutil
from pathlib import Path

import yaml

from demo.addresses import PORTS, Addresses, on_this_machine

DEMO = Path(__file__).resolve().parent
PROVISIONING = DEMO.parent / "dist" / "provisioning"
"""What `tailboard build` writes for Grafana."""

PROVISIONING_IN_CONTAINER = "/etc/grafana/provisioning"
USUAL_PROMETHEUS = f"localhost:{PORTS['prometheus']}"


def write_prometheus(folder: Path, addresses: Addresses) -> Path:
    """Write prometheus.yml with the addresses of this machine; the rules stay where they are."""
    configuration = yaml.safe_load(on_this_machine(read("prometheus.yml"), addresses))
    configuration["rule_files"] = [str(DEMO / rules) for rules in configuration["rule_files"]]
    written = folder / "prometheus.yml"
    written.write_text(yaml.safe_dump(configuration, sort_keys=False))
    return written


def write_alertmanager(folder: Path, addresses: Addresses) -> Path:
    """Write alertmanager.yml with the addresses of this machine."""
    written = folder / "alertmanager.yml"
    written.write_text(on_this_machine(read("alertmanager.yml"), addresses))
    return written


def write_provisioning(
    folder: Path, addresses: Addresses, generated: Path = PROVISIONING
) -> Path | None:
    """Copy what was generated for Grafana and let it point here; None if nothing was generated."""
    if not generated.is_dir():
        return None
    copy = folder / "provisioning"
    shutil.copytree(generated, copy)
    for path in [*copy.rglob("*.yaml"), *copy.rglob("*.yml")]:
        text = path.read_text().replace(PROVISIONING_IN_CONTAINER, str(copy))
        text = text.replace(USUAL_PROMETHEUS, addresses["prometheus"])
        path.write_text(on_this_machine(text, addresses))
    return copy


def read(name: str) -> str:
    """Read one of the demo's own files."""
    return (DEMO / name).read_text()
