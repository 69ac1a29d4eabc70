"""The configuration that docker-compose.yml mounts, rewritten for a run without containers."""

import shutil
from pathlib import Path

import yaml

from demo.addresses import PORTS, Addresses, on_this_machine

DEMO = Path(__file__).resolve().parent
PROVISIONING = DEMO.parent / "dist" / "provisioning"
"""What `tailboard build` writes for Grafana."""

RULES = DEMO.parent / "dist" / "rules"
"""What it writes for Prometheus: the rules, and their unit tests beside them."""

RULE_FILES = "*.rules.yaml"
PROVISIONING_IN_CONTAINER = "/etc/grafana/provisioning"
USUAL_PROMETHEUS = f"localhost:{PORTS['prometheus']}"
USUAL_GRAFANA = f"localhost:{PORTS['grafana']}"


def write_prometheus(folder: Path, addresses: Addresses, generated: Path = RULES) -> Path:
    """Write prometheus.yml and the generated rules with the addresses of this machine."""
    configuration = yaml.safe_load(on_this_machine(read("prometheus.yml"), addresses))
    rules = folder / "rules"
    rules.mkdir()
    for path in generated_rules(generated):
        text = path.read_text(encoding="utf-8").replace(USUAL_GRAFANA, addresses["grafana"])
        (rules / path.name).write_text(text, encoding="utf-8")
    configuration["rule_files"] = [str(rules / RULE_FILES)]
    written = folder / "prometheus.yml"
    written.write_text(yaml.safe_dump(configuration, sort_keys=False))
    return written


def generated_rules(folder: Path = RULES) -> list[Path]:
    """List the generated rule files; there is none before the first build."""
    return sorted(folder.glob(RULE_FILES))


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
