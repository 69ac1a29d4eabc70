"""The configuration that docker-compose.yml mounts, rewritten for a run without containers."""

import shutil
from pathlib import Path

import yaml

from demo.addresses import PORTS, Addresses, replace_addresses

DEMO = Path(__file__).resolve().parent
PROVISIONING = DEMO.parent / "dist" / "provisioning"
"""The provisioning folder that `tailboard build` writes for Grafana."""

RULES = DEMO.parent / "dist" / "rules"
"""The folder that it writes for Prometheus: the rules, and their unit tests beside them."""

RULE_FILES = "*.rules.yaml"
PROVISIONING_IN_CONTAINER = "/etc/grafana/provisioning"
DEFAULT_PROMETHEUS = f"localhost:{PORTS['prometheus']}"
DEFAULT_GRAFANA = f"localhost:{PORTS['grafana']}"


def write_prometheus(folder: Path, addresses: Addresses, generated: Path = RULES) -> Path:
    """Write prometheus.yml and the generated rules with the addresses of this machine."""
    configuration = yaml.safe_load(
        replace_addresses(read_configuration("prometheus.yml"), addresses)
    )
    rules = folder / "rules"
    rules.mkdir()
    for path in find_generated_rules(generated):
        text = path.read_text(encoding="utf-8").replace(DEFAULT_GRAFANA, addresses["grafana"])
        (rules / path.name).write_text(text, encoding="utf-8")
    configuration["rule_files"] = [str(rules / RULE_FILES)]
    output_path = folder / "prometheus.yml"
    output_path.write_text(yaml.safe_dump(configuration, sort_keys=False))
    return output_path


def find_generated_rules(folder: Path = RULES) -> list[Path]:
    """List the generated rule files; there is none before the first build."""
    return sorted(folder.glob(RULE_FILES))


def write_alertmanager(folder: Path, addresses: Addresses) -> Path:
    """Write alertmanager.yml with the addresses of this machine."""
    output_path = folder / "alertmanager.yml"
    output_path.write_text(replace_addresses(read_configuration("alertmanager.yml"), addresses))
    return output_path


def write_provisioning(
    folder: Path, addresses: Addresses, generated: Path = PROVISIONING
) -> Path | None:
    """Copy the provisioning folder with this machine's addresses; None before the first build."""
    if not generated.is_dir():
        return None
    copy = folder / "provisioning"
    shutil.copytree(generated, copy)
    for path in [*copy.rglob("*.yaml"), *copy.rglob("*.yml")]:
        text = path.read_text().replace(PROVISIONING_IN_CONTAINER, str(copy))
        text = text.replace(DEFAULT_PROMETHEUS, addresses["prometheus"])
        path.write_text(replace_addresses(text, addresses))
    return copy


def read_configuration(name: str) -> str:
    """Read one of the demo's own files."""
    return (DEMO / name).read_text()
