"""A ruler in memory, which answers as Cortex 1.21 was seen to, under the paths of each kind.

Seen with `cortex -target=all` and `ruler.enable_api`: a namespace without groups is 404 with a
text, a group is YAML, a write is 202 with JSON, a refusal a text with status 400.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from tests.loopback_server import LoopbackServer, QuietHandler

PREFIXES = {
    "mimir": "/prometheus/config/v1/rules",
    "cortex": "/api/v1/rules",
    "loki": "/loki/api/v1/rules",
}
STATUSES = "/prometheus/api/v1/rules"
JSON_TYPE, YAML_TYPE, TEXT_TYPE = "application/json", "application/yaml", "text/plain"
TOKEN = "ruler-token-1"
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
YAML_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Group = dict[str, Any]
Hook = Callable[[], None]


class MemoryRuler(LoopbackServer):
    """A ruler whose state a test may read and change.

    `groups` are by tenant, namespace and name. `stale_reads` is how many reads of a group after a
    write still show what was there before. `forbidden_methods` are answered with 403.
    """

    def __init__(self, kind: str = "cortex") -> None:
        super().__init__(_build_handler(self))
        self.kind = kind
        self.groups: dict[str, dict[str, dict[str, Group]]] = {}
        self.max_rules = 0
        self.max_groups = 0
        self.stale_reads = 0
        self.forbidden_methods: set[str] = set()
        self.evaluation_errors: dict[str, str] = {}
        self.is_evaluating = True
        self.requests: Counter[tuple[str, str]] = Counter()
        self.lock = threading.RLock()
        self._stale: dict[tuple[str, str, str], list[Group | None]] = {}
        self._hooks: list[tuple[str, re.Pattern[str], Hook]] = []

    def list_names(self, tenant: str, namespace: str) -> list[str]:
        """The names of the groups of a namespace."""
        return sorted(self.groups.get(tenant, {}).get(namespace, {}))

    def read_group(self, tenant: str, namespace: str, name: str) -> Group:
        """A group, to look at or to edit."""
        return self.groups[tenant][namespace][name]

    def put_group(self, tenant: str, namespace: str, group: Group) -> None:
        """Add or replace a group as somebody else does."""
        self.groups.setdefault(tenant, {}).setdefault(namespace, {})[group["name"]] = group

    def add_hook(self, method: str, path: str, action: Hook) -> None:
        """Do something once, just before the next request that matches is answered."""
        self._hooks.append((method, re.compile(path), action))

    def answer(
        self, method: str, target: str, tenant: str, token: str, body: bytes
    ) -> tuple[int, str, str]:
        """Status, content type and body."""
        path = urlsplit(target).path
        for hook in list(self._hooks):
            if hook[0] == method and hook[1].search(path):
                self._hooks.remove(hook)
                hook[2]()
        with self.lock:
            self.requests[method, path] += 1
            if token not in {"", f"Bearer {TOKEN}"} or not tenant:
                return 401, TEXT_TYPE, "no org id\n"
            if method in self.forbidden_methods:
                return 403, TEXT_TYPE, "not for you\n"
            if path == STATUSES:
                return self._list_statuses(tenant)
            prefix = PREFIXES[self.kind]
            if path != prefix and not path.startswith(f"{prefix}/"):
                return 404, TEXT_TYPE, "404 page not found\n"
            names = [unquote(part) for part in path.removeprefix(prefix).split("/")[1:]]
            return self._route(method, tenant, names, body)

    def _route(  # noqa: PLR0911 - one for each route
        self, method: str, tenant: str, names: list[str], body: bytes
    ) -> tuple[int, str, str]:
        namespaces = self.groups.setdefault(tenant, {})
        if method == "POST" and len(names) == 1:
            return self._write_group(tenant, names[0], body)
        if method == "GET" and len(names) < 2:
            shown = {
                name: list(groups.values())
                for name, groups in namespaces.items()
                if groups and names in ([], [name])
            }
            if not shown:
                return 404, TEXT_TYPE, "no rule groups found\n"
            return 200, YAML_TYPE, dump_yaml(shown)
        if method == "GET" and len(names) == 2:
            group = self._read(tenant, *names)
            if group is None:
                return 404, TEXT_TYPE, "group does not exist\n"
            return 200, YAML_TYPE, dump_yaml(group)
        if method == "DELETE" and len(names) == 2:
            previous = namespaces.get(names[0], {}).pop(names[1], None)
            if previous is None:
                return 404, TEXT_TYPE, "group does not exist\n"
            self._stale[tenant, names[0], names[1]] = [previous] * self.stale_reads
            return 202, JSON_TYPE, '{"status":"success"}'
        return 405, TEXT_TYPE, "method not allowed\n"

    def _write_group(self, tenant: str, namespace: str, body: bytes) -> tuple[int, str, str]:
        group = yaml.load(body, YAML_LOADER)
        if not isinstance(group, dict) or not group.get("name"):
            return 400, TEXT_TYPE, "unable to decoded rule group\n"
        count = len(group["rules"])
        groups = self.groups.setdefault(tenant, {}).setdefault(namespace, {})
        if self.max_rules and count > self.max_rules:
            limit = f"(limit: {self.max_rules} actual: {count})"
            return 400, TEXT_TYPE, f"per-user rules per rule group limit {limit} exceeded\n"
        total = sum(map(len, self.groups[tenant].values())) + 1
        if self.max_groups and total > self.max_groups:
            limit = f"(limit: {self.max_groups} actual: {total})"
            return 400, TEXT_TYPE, f"per-user rule groups limit {limit} exceeded\n"
        name = group["name"]
        self._stale[tenant, namespace, name] = [groups.get(name)] * self.stale_reads
        groups[name] = _store_group(group)
        return 202, JSON_TYPE, '{"status":"success","data":null,"errorType":"","error":""}'

    def _read(self, tenant: str, namespace: str, name: str) -> Group | None:
        if stale := self._stale.get((tenant, namespace, name)):
            return stale.pop()
        return self.groups[tenant].get(namespace, {}).get(name)

    def _list_statuses(self, tenant: str) -> tuple[int, str, str]:
        evaluated = "2026-11-28T12:00:00Z" if self.is_evaluating else "0001-01-01T00:00:00Z"
        health = "ok" if self.is_evaluating else "unknown"
        groups = [
            {
                "name": name,
                "file": namespace,
                "rules": [
                    {
                        "name": rule.get("alert") or rule["record"],
                        "query": re.sub(r"^#.*\n", "", rule["expr"]),
                        "health": "err" if self._find_error(rule) else health,
                        "lastError": self._find_error(rule),
                        "lastEvaluation": evaluated,
                    }
                    for rule in group["rules"]
                ],
            }
            for namespace, by_name in self.groups.get(tenant, {}).items()
            for name, group in by_name.items()
        ]
        return 200, JSON_TYPE, json.dumps({"status": "success", "data": {"groups": groups}})

    def _find_error(self, rule: Group) -> str:
        return self.evaluation_errors.get(rule.get("alert") or rule["record"], "")


def dump_yaml(content: Any) -> str:
    """The content as YAML, with its keys in their order."""
    text: str = yaml.dump(content, Dumper=YAML_DUMPER, sort_keys=False)
    return text


def _store_group(group: Group) -> Group:
    """The group as Go writes it: without what is empty, a duration of nothing included."""
    rules = [
        {name: value for name, value in rule.items() if value not in ("", "0s", {}, None)}
        for rule in group["rules"]
    ]
    fields = {name: value for name, value in group.items() if value not in ("", {}, None, 0)}
    return {**fields, "rules": rules}


def _build_handler(ruler: MemoryRuler) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            tenant = self.headers.get("X-Scope-OrgID") or ""
            token = self.headers.get("Authorization") or ""
            status, kind, text = ruler.answer(self.command, self.path, tenant, token, body)
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_any

    return Handler
