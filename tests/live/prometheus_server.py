"""Real servers on loopback ports: Prometheus with a one-second scrape, Pushgateway, Redis."""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests

from tests.live.processes import HOST, ChildProcesses, find_free_port, require_binary, wait_until
from tests.prometheus_programs import PrometheusPrograms

Labels = dict[str, str]
Sample = tuple[Labels, float]
Series = tuple[Labels, list[tuple[float, float]]]
TIMEOUT = (2, 10)
SELF = "self"


class PrometheusError(Exception):
    """An error that Prometheus returned instead of a result."""


class Prometheus:
    """A client of one Prometheus server."""

    def __init__(self, url: str) -> None:
        """Connect to the server at this address, never through a proxy."""
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def query(self, expr: str) -> list[Sample]:
        """Evaluate an expression now."""
        data = self._fetch_data("query", {"query": expr})
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        if data["resultType"] != "vector":
            raise PrometheusError(f"{expr} is a {data['resultType']}, not an instant vector")
        return [(series["metric"], _read_number(series)) for series in data["result"]]

    def query_range(self, expr: str, seconds: float, step: float) -> list[Series]:
        """Evaluate an expression over the last seconds."""
        now = time.time()
        window = {"start": str(now - seconds), "end": str(now), "step": str(step)}
        data = self._fetch_data("query_range", {"query": expr, **window})
        return [
            (series["metric"], [(at, float(value)) for at, value in series["values"]])
            for series in data["result"]
        ]

    def wait_until_up(self, jobs: Iterable[str], timeout: float = 30) -> None:
        """Return when every target of these jobs was scraped; raise with those that were not."""
        job_names = set(jobs)
        if not wait_until(lambda: job_names <= self._list_jobs_up(), timeout, interval=0.25):
            missing = sorted(job_names - self._list_jobs_up())
            raise PrometheusError(f"not up after {timeout} s: {', '.join(missing)}")

    def wait_until_ready(self, timeout: float = 30) -> None:
        """Return once queries are answered: the port is open a moment before that."""
        if not wait_until(self._is_ready, timeout):
            raise PrometheusError(f"not ready after {timeout} s")

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _is_ready(self) -> bool:
        return self._session.get(f"{self.url}/-/ready", timeout=TIMEOUT).ok

    def _list_jobs_up(self) -> set[str]:
        return {labels["job"] for labels, up in self.query("min by (job) (up)") if up == 1}

    def _fetch_data(self, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self.url}/api/v1/{endpoint}"
        response = self._session.get(url, params=params, timeout=TIMEOUT)
        try:
            answer = response.json()
        except requests.JSONDecodeError:
            raise PrometheusError(f"HTTP {response.status_code}: {response.text}") from None
        if answer["status"] != "success":
            raise PrometheusError(f"{answer['errorType']}: {answer['error']} ({params['query']})")
        data: dict[str, Any] = answer["data"]
        return data


def _read_number(series: Mapping[str, Any]) -> float:
    """The value of a sample; of a native histogram, how many observations it has."""
    if "histogram" in series:
        return float(series["histogram"][1]["count"])
    return float(series["value"][1])


def start_prometheus(
    children: ChildProcesses,
    targets: Mapping[str, Sequence[str]],
    honor_labels: Collection[str] = (),
    *,
    programs: PrometheusPrograms,
    data_folder: Path | None = None,
    scrape_options: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    rules: Sequence[Mapping[str, Any]] = (),
    otlp_translation: str = "",
) -> Prometheus:
    """Start a Prometheus that scrapes these jobs every second; it stops with the children.

    `scrape_options` are added to the scrape configurations of jobs, `rules` are groups of rules.
    With an `otlp_translation` it also receives OTLP, at `/api/v1/otlp/v1/metrics`. The address of
    a target may be SELF, its own.
    """
    port, name = find_free_port(), f"prometheus-{programs.version}"
    own_targets = {
        job: [f"{HOST}:{port}" if address == SELF else address for address in addresses]
        for job, addresses in targets.items()
    }
    config = _build_config(own_targets, honor_labels, scrape_options)
    if rules:
        rule_file = children.folder / f"{name}.rules.yml"
        rule_file.write_text(json.dumps({"groups": list(rules)}))
        config["rule_files"] = [str(rule_file)]
    if otlp_translation:
        config["otlp"] = {"translation_strategy": otlp_translation}
    config_file = children.folder / f"{name}.yml"
    config_file.write_text(json.dumps(config, indent=2))  # JSON is YAML
    command = [
        programs.prometheus,
        f"--config.file={config_file}",
        f"--storage.tsdb.path={data_folder or children.folder / name}",
        f"--web.listen-address={HOST}:{port}",
        "--log.level=warn",
        *(["--web.enable-otlp-receiver"] if otlp_translation else []),
    ]
    children.start_process(name, command).wait_for_ports([port])
    prometheus = Prometheus(f"http://{HOST}:{port}")
    prometheus.wait_until_ready()
    return prometheus


def start_pushgateway(children: ChildProcesses) -> int:
    """Start a Pushgateway and return its port."""
    port = find_free_port()
    command = [
        require_binary("prometheus-pushgateway"),
        f"--web.listen-address={HOST}:{port}",
        "--log.level=warn",
    ]
    children.start_process("prometheus-pushgateway", command).wait_for_ports([port])
    return port


def start_redis(children: ChildProcesses) -> int:
    """Start a Redis that keeps nothing on disk and return its port."""
    port = find_free_port()
    options = ["--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    children.start_process(
        "redis-server", [require_binary("redis-server"), *options]
    ).wait_for_ports([port])
    return port


def _build_config(
    targets: Mapping[str, Sequence[str]],
    honor_labels: Collection[str],
    scrape_options: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    intervals = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    return {
        "global": intervals,
        "scrape_configs": [
            {
                "job_name": job,
                "honor_labels": job in honor_labels,
                "static_configs": [{"targets": list(addresses)}],
                **scrape_options.get(job, {}),
            }
            for job, addresses in targets.items()
        ],
    }
