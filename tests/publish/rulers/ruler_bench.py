"""Every ruler that is available behind one interface: in memory, a real Cortex, a real Grafana."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
import yaml

from tests.grafana.real_grafana import RealGrafana
from tests.live.processes import HOST, ChildProcesses, find_free_ports, wait_until
from tests.publish.rulers.memory_ruler import PREFIXES, MemoryRuler

Group = dict[str, Any]
TENANT = "shop-tenant"
CORTEX_CONFIGURATION = """
target: all
auth_enabled: true
server:
  http_listen_address: {host}
  http_listen_port: {http_port}
  grpc_listen_address: {host}
  grpc_listen_port: {grpc_port}
  log_level: error
distributor: {{ring: {{kvstore: {{store: inmemory}}, instance_addr: {host}}}}}
ingester:
  lifecycler:
    address: {host}
    ring: {{kvstore: {{store: inmemory}}, replication_factor: 1}}
    num_tokens: 1
    min_ready_duration: 0s
    final_sleep: 0s
compactor: {{sharding_ring: {{kvstore: {{store: inmemory}}, instance_addr: {host}}}}}
store_gateway: {{sharding_ring: {{kvstore: {{store: inmemory}}, instance_addr: {host}}}}}
blocks_storage:
  backend: filesystem
  filesystem: {{dir: {folder}/blocks}}
  tsdb: {{dir: {folder}/tsdb}}
  bucket_store: {{sync_dir: {folder}/sync}}
ruler_storage: {{backend: filesystem, filesystem: {{dir: {folder}/rulestore}}}}
ruler:
  enable_api: true
  poll_interval: 1s
  evaluation_interval: 1s
  rule_path: {folder}/rules
  ring: {{kvstore: {{store: inmemory}}, instance_addr: {host}}}
alertmanager:
  external_url: "http://{host}/alertmanager"
  data_dir: {folder}/alertmanager
  cluster: {{listen_address: ""}}
alertmanager_storage: {{backend: local, local: {{path: {folder}/alertmanagers}}}}
"""


@dataclass(frozen=True)
class RulerBench:
    """A ruler, the options that lead to it, and what somebody else does there.

    `prefix` is the path of its rules, `headers` are those of somebody else's requests.
    """

    url: str
    prefix: str
    options: list[str]
    environment: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_real: bool = False

    def read_groups(self, namespace: str) -> dict[str, Group]:
        """The groups of a namespace by name, in the order of the server."""
        response = self._send("GET", f"/{quote(namespace, safe='')}")
        if response.status_code == 404:
            return {}
        response.raise_for_status()
        lists = (yaml.safe_load(response.text) or {}).values()
        return {group["name"]: group for groups in lists for group in groups}

    def write_group(self, namespace: str, group: Group) -> None:
        """Write a group as somebody else with mimirtool does."""
        body = yaml.safe_dump(group, sort_keys=False)
        self._send("POST", f"/{quote(namespace, safe='')}", body).raise_for_status()

    def edit_group(self, namespace: str, name: str, change: Callable[[Group], None]) -> None:
        """Change a group by hand."""
        group = self.read_groups(namespace)[name]
        change(group)
        self.write_group(namespace, group)

    def delete_group(self, namespace: str, name: str) -> None:
        """Delete a group as somebody else does."""
        self._send("DELETE", f"/{quote(namespace, safe='')}/{quote(name, safe='')}")

    def _send(self, method: str, path: str, body: str | None = None) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                f"{self.url}{self.prefix}{path}",
                data=body.encode() if body else None,
                headers={"Content-Type": "application/yaml", **self.headers},
                timeout=60,
            )


def build_memory_bench(server: MemoryRuler) -> RulerBench:
    """A ruler in memory."""
    return RulerBench(
        server.url,
        PREFIXES[server.kind],
        ["--rules", server.kind],
        {"RULER_URL": server.url, "RULER_TENANT": TENANT},
        {"X-Scope-OrgID": TENANT},
    )


@contextmanager
def run_cortex(folder: Path) -> Iterator[RulerBench]:
    """A real Cortex on loopback, with an empty store in this folder."""
    program = shutil.which("cortex")
    assert program
    http_port, grpc_port = find_free_ports(2)
    for name in ("rulestore", "rules", "blocks", "alertmanagers"):
        (folder / name).mkdir()
    configuration = folder / "cortex.yaml"
    configuration.write_text(
        CORTEX_CONFIGURATION.format(
            host=HOST, http_port=http_port, grpc_port=grpc_port, folder=folder
        ),
        "utf-8",
    )
    url = f"http://{HOST}:{http_port}"
    with ChildProcesses(folder) as children:
        child = children.start_process("cortex", [program, f"-config.file={configuration}"])
        child.wait_for_ports([http_port], timeout=60)
        assert wait_until(lambda: is_ready(f"{url}/ready"), 60, interval=0.2)
        yield RulerBench(
            url,
            PREFIXES["cortex"],
            ["--rules", "cortex"],
            {"RULER_URL": url, "RULER_TENANT": TENANT},
            {"X-Scope-OrgID": TENANT},
            is_real=True,
        )


def is_ready(address: str) -> bool:
    """Whether a server answers that it is."""
    with suppress(requests.ConnectionError):
        return requests.get(address, timeout=10).ok
    return False


def build_grafana_bench(server: RealGrafana, data_source: str, token: str) -> RulerBench:
    """A real Grafana, whose rules ask a data source; dashboards are published to it as well."""
    return RulerBench(
        server.url,
        "/api/convert/prometheus/config/v1/rules",
        ["--rules", "grafana", "--data-source", data_source],
        {"GRAFANA_URL": server.url, "GRAFANA_TOKEN": token},
        {**server.admin, "X-Grafana-Alerting-Datasource-UID": data_source},
        is_real=True,
    )
