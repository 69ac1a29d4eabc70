"""The stack's configuration: valid, consistent, and the same with and without containers."""

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.addresses import PORTS
from demo.configuration import (
    DEFAULT_GRAFANA,
    DEMO,
    find_generated_rules,
    write_alertmanager,
    write_prometheus,
    write_provisioning,
)
from tailboard.cli.main import main
from tests.required_programs import require_program

ADDRESSES = {name: f"127.0.0.1:{50_000 + port}" for name, port in PORTS.items()}


def read_yaml(name: str) -> Any:
    """Read one of the demo's YAML files."""
    return yaml.safe_load((DEMO / name).read_text())


def run_checker(*command: str | Path) -> None:
    """Run a checker and show what it says if it complains."""
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr


def test_prometheus_accepts_its_configuration_and_rules() -> None:
    run_checker(
        require_program("promtool", "prometheus"), "check", "config", DEMO / "prometheus.yml"
    )


def test_prometheus_accepts_the_configuration_for_this_machine(
    tmp_path: Path,
) -> None:
    output_path = write_prometheus(tmp_path, ADDRESSES)
    run_checker(require_program("promtool", "prometheus"), "check", "config", output_path)


def test_the_rules_are_the_generated_ones_and_none_written_by_hand() -> None:
    assert read_yaml("prometheus.yml")["rule_files"] == ["../dist/rules/*.rules.yaml"]
    assert not list(DEMO.rglob("*rules*"))


@pytest.fixture
def rules_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build the rules of the demo's definitions and return their folder."""
    monkeypatch.chdir(DEMO.parent)
    monkeypatch.setenv("GRAFANA_URL", f"http://{DEFAULT_GRAFANA}")
    assert main(["build", "--format=rules", f"--out={tmp_path / 'dist'}"]) == 0
    return tmp_path / "dist" / "rules"


def test_generated_rules_are_loaded_and_link_to_the_grafana_of_this_machine(
    rules_folder: Path, tmp_path: Path
) -> None:
    output_path = write_prometheus(tmp_path, ADDRESSES, rules_folder)
    run_checker(require_program("promtool", "prometheus"), "check", "config", output_path)
    rules = {path.name: path.read_text() for path in (tmp_path / "rules").iterdir()}
    assert set(rules) == {f"{slug}.rules.yaml" for slug in ("orders", "orders-worker", "reports")}
    for name, text in rules.items():
        assert "dashboard_url: http://127.0.0.1:53000/d/" in text, name
        assert "localhost" not in text, name


def test_the_links_of_alerts_fit_the_grafana_of_the_compose_file(rules_folder: Path) -> None:
    rules = yaml.safe_load((rules_folder / "orders.rules.yaml").read_text())
    links = {
        rule["annotations"]["dashboard_url"].partition("/d/")[0]
        for group in rules["groups"]
        for rule in group["rules"]
        if "dashboard_url" in rule.get("annotations", {})
    }
    assert links == {f"http://{DEFAULT_GRAFANA}"}


def test_without_generated_rules_prometheus_has_none_and_starts(tmp_path: Path) -> None:
    output_path = write_prometheus(tmp_path, ADDRESSES, tmp_path / "nothing")
    assert find_generated_rules(tmp_path / "nothing") == []
    run_checker(require_program("promtool", "prometheus"), "check", "config", output_path)


def test_alertmanager_accepts_its_configuration(tmp_path: Path) -> None:
    amtool = require_program("amtool", "prometheus-alertmanager")
    run_checker(amtool, "check-config", DEMO / "alertmanager.yml")
    run_checker(amtool, "check-config", write_alertmanager(tmp_path, ADDRESSES))


def test_the_configuration_for_this_machine_differs_only_in_addresses(tmp_path: Path) -> None:
    here = yaml.safe_load(write_prometheus(tmp_path, ADDRESSES).read_text())
    container_configuration = read_yaml("prometheus.yml")
    assert list_targets(here) == {
        "orders-api": "127.0.0.1:58000",
        "orders-worker": "127.0.0.1:58001",
        "pushgateway": "127.0.0.1:59091",
        "prometheus": "127.0.0.1:59090",
    }
    assert [Path(path).is_absolute() for path in here["rule_files"]] == [True]
    for configuration in (here, container_configuration):
        del configuration["alerting"], configuration["rule_files"]
        for job in configuration["scrape_configs"]:
            del job["static_configs"]
    assert here == container_configuration


def list_targets(configuration: Any) -> dict[str, str]:
    """Return each job's only target."""
    return {
        job["job_name"]: job["static_configs"][0]["targets"][0]
        for job in configuration["scrape_configs"]
    }


def test_what_was_pushed_keeps_its_own_job_and_instance() -> None:
    honoured = {
        job["job_name"]: job.get("honor_labels")
        for job in read_yaml("prometheus.yml")["scrape_configs"]
    }
    assert honoured.pop("pushgateway") is True
    assert set(honoured.values()) == {None}


def test_alerts_go_to_the_demos_own_log(tmp_path: Path) -> None:
    configuration = yaml.safe_load(write_alertmanager(tmp_path, ADDRESSES).read_text())
    assert (
        configuration["receivers"][0]["webhook_configs"][0]["url"]
        == "http://127.0.0.1:58002/alerts"
    )


@pytest.mark.parametrize("host", ["prometheus", "localhost"])
def test_generated_provisioning_is_copied_and_points_to_this_machine(
    host: str, tmp_path: Path
) -> None:
    generated = tmp_path / "generated"
    (generated / "dashboards").mkdir(parents=True)
    (generated / "sources.yaml").write_text(f"url: http://{host}:9090\n")
    (generated / "dashboards" / "all.yaml").write_text(
        "path: /etc/grafana/provisioning/dashboards\n"
    )
    copy = write_provisioning(tmp_path, ADDRESSES, generated)
    assert copy == tmp_path / "provisioning"
    assert (copy / "sources.yaml").read_text() == "url: http://127.0.0.1:59090\n"
    assert (copy / "dashboards" / "all.yaml").read_text() == f"path: {copy}/dashboards\n"


def test_without_generated_provisioning_there_is_nothing_to_copy(tmp_path: Path) -> None:
    assert write_provisioning(tmp_path, ADDRESSES, tmp_path / "nothing") is None


@pytest.fixture(scope="module")
def compose_file() -> Any:
    """Return the compose file as data."""
    return read_yaml("docker-compose.yml")


def list_mounts(compose_file: Any) -> Iterator[tuple[str, str]]:
    """Yield source and target of every folder or file that a container sees."""
    for service in compose_file["services"].values():
        for volume in service.get("volumes", []):
            if isinstance(volume, dict):
                yield volume["source"], volume["target"]
            else:
                source, target = volume.split(":")[:2]
                yield source, target


def test_everything_mounted_is_here_or_generated_or_a_volume(compose_file: Any) -> None:
    for source, _ in list_mounts(compose_file):
        generated = source == "../dist" or source.startswith("../dist/")
        assert generated or source in compose_file["volumes"] or (DEMO / source).exists(), source


def test_grafana_gets_the_generated_provisioning_and_keeps_its_data(compose_file: Any) -> None:
    assert ("../dist/provisioning", "/etc/grafana/provisioning") in list_mounts(compose_file)
    assert ("grafana-data", "/var/lib/grafana") in list_mounts(compose_file)
    password = compose_file["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]
    assert password.startswith("${")


def test_the_rule_files_are_where_prometheus_looks(compose_file: Any) -> None:
    [config] = [
        Path(target) for source, target in list_mounts(compose_file) if source == "./prometheus.yml"
    ]
    assert f"--config.file={config}" in compose_file["services"]["prometheus"]["command"]
    folders = {Path(target) for _, target in list_mounts(compose_file)}
    for rules in read_yaml("prometheus.yml")["rule_files"]:
        folder = (config.parent / rules).parent.resolve()
        assert folders & {folder, *folder.parents}


def test_ports_are_the_usual_ones_and_only_on_this_machine(compose_file: Any) -> None:
    published = {
        name: service["ports"]
        for name, service in compose_file["services"].items()
        if "ports" in service
    }
    assert published == {
        name: [f"127.0.0.1:{port}:{port}"] for name, port in PORTS.items() if name != "preview"
    }


def test_prometheus_scrapes_and_alerts_services_of_the_compose_file(compose_file: Any) -> None:
    prometheus = read_yaml("prometheus.yml")
    [alertmanager] = prometheus["alerting"]["alertmanagers"]
    for target in [
        *list_targets(prometheus).values(),
        *alertmanager["static_configs"][0]["targets"],
    ]:
        name, port = target.split(":")
        assert name in compose_file["services"]
        assert PORTS[name] == int(port)


def test_the_stack_keeps_a_week_of_metrics(compose_file: Any) -> None:
    command = compose_file["services"]["prometheus"]["command"]
    assert "--storage.tsdb.retention.time=7d" in command


def test_every_program_of_the_image_exists(compose_file: Any) -> None:
    for name, service in compose_file["services"].items():
        if "build" in service:
            module = service["command"].split()[2].removeprefix("demo.")
            assert (DEMO / f"{module}.py").exists(), name


def test_the_image_installs_what_the_project_declares_for_the_demo() -> None:
    project = tomllib.loads((DEMO.parent / "pyproject.toml").read_text())["project"]
    requirements = {*project["dependencies"], *project["optional-dependencies"]["demo"]}
    lines = (DEMO / "requirements.txt").read_text().splitlines()
    assert {line for line in lines if not line.startswith("#")} <= requirements
