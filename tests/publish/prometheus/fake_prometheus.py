"""A Prometheus on loopback that knows some series, and fails as it is told to.

Its answers have the form of Prometheus 2.42. It evaluates just enough PromQL: selectors,
aggregations and functions by their first vector, `or`, and operators as long as both sides match
something; every value is 1, nothing changes, and a series with `gone` in it was there until half an
hour ago.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from promql_parser import parse

from tailboard.metrics.exposition import has_match
from tailboard.queries.promql import find_selectors, get_node_type

Labels = dict[str, str]
Form = dict[str, list[str]]
Reply = tuple[int, Any]
"""A status and a body: JSON, or bytes as they are."""

GONE = "gone"


def success(data: Any, **more: Any) -> Reply:
    return 200, {"status": "success", "data": data, **more}


def failure(status: int, kind: str, error: str) -> Reply:
    return status, {"status": "error", "errorType": kind, "error": error}


def vector(*found: tuple[Labels, str]) -> Reply:
    now = time.time()
    result = [{"metric": labels, "value": [now, value]} for labels, value in found]
    return success({"resultType": "vector", "result": result})


@dataclass
class FakePrometheus:
    """What it knows and was asked; `replies` come before all else, by the end of the path."""

    known: list[Labels] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    """The values of metrics that are not 1."""

    targets: list[dict[str, Any]] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    recording: list[str] = field(default_factory=list)
    scrape_interval: str = "15s"
    prefix: str = ""
    replies: dict[str, Callable[[Form], Reply | None]] = field(default_factory=dict)
    asked: list[tuple[str, str, Form]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    url: str = ""
    _now: int = 0
    _lock: Lock = field(default_factory=Lock)

    def has(self, name: str, *label_sets: Labels, value: str = "1", **labels: str) -> None:
        """Know a metric with some sets of labels."""
        self.values[name] = value
        self.known += [{"__name__": name, **labels, **it} for it in label_sets or ({},)]

    def expressions(self, endpoint: str = "query") -> list[str]:
        """The expressions that were asked, in their order."""
        return [form["query"][0] for _, path, form in self.asked if path.endswith(f"/{endpoint}")]

    def reply(self, method: str, path: str, form: Form) -> Reply:
        with self._lock:
            self.asked.append((method, path, form))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            for end, answer in list(self.replies.items()):
                if path.endswith(end) and (found := answer(form)) is not None:
                    return found
            if not path.startswith(f"{self.prefix}/api/v1/"):
                return 404, b"404 page not found\n"
            return self._reply(path.removeprefix(f"{self.prefix}/api/v1/"), form)
        finally:
            with self._lock:
                self._now -= 1

    def _reply(self, path: str, form: Form) -> Reply:
        chosen = [it for name in ("match[]", "match_target") for it in form.get(name, [])]
        if any(not _is_selector(it) for it in chosen):
            return failure(400, "bad_data", "match[] must contain at least one non-empty matcher")
        told = {
            "status/config": {"yaml": f"global:\n  scrape_interval: {self.scrape_interval}\n"},
            "targets": {"activeTargets": self.targets, "droppedTargets": []},
            "targets/metadata": self._declared(form.get("match_target", [])),
            "metadata": self._types(),
            "rules": {"groups": [{"rules": [{"name": it} for it in self.recording]}]},
        }
        if path in told:
            return success(told[path])
        if path in {"query", "query_range"}:
            return self._evaluated(form["query"][0], ranged=path == "query_range")
        found = [it for it in self.known if _is_chosen(it, form.get("match[]", []))]
        if path == "series":
            return success(found)
        return success(self._labels(path, found))

    def _declared(self, selectors: list[str]) -> list[dict[str, Any]]:
        """What targets say of their metrics; an entry without a target is of all of them."""
        return [
            it for it in self.metadata if "target" not in it or _is_chosen(it["target"], selectors)
        ]

    def _types(self) -> dict[str, list[dict[str, str]]]:
        """The same of all targets together: each different type once."""
        found: dict[str, list[dict[str, str]]] = {}
        for it in self.metadata:
            told = {"type": it["type"], "help": "", "unit": ""}
            if told not in found.setdefault(it["metric"], []):
                found[it["metric"]].append(told)
        return found

    def _labels(self, path: str, found: list[Labels]) -> list[str]:
        if path == "labels":
            return sorted({label for it in found for label in it})
        label = path.removeprefix("label/").removesuffix("/values")
        return sorted({it[label] for it in found if label in it})

    def _evaluated(self, expression: str, *, ranged: bool) -> Reply:
        now = time.time()
        if expression == "time()":
            return success({"resultType": "scalar", "result": [now, f"{now}"]})
        try:
            tree = parse(expression)
        except ValueError as error:
            return failure(400, "bad_data", f'invalid parameter "query": {error}')
        found = [
            (labels, value)
            for labels, value in self._of(tree)
            if ranged or GONE not in labels.values()
        ]
        found = [({k: v for k, v in it.items() if v != GONE}, value) for it, value in found]
        if not ranged:
            return vector(*found)
        then = now - 1800
        result = [{"metric": it, "values": [[then, value]]} for it, value in found]
        return success({"resultType": "matrix", "result": result})

    def _of(self, node: Any) -> list[tuple[Labels, str]]:
        found = get_node_type(node)
        if found in {"VectorSelector", "MatrixSelector"}:
            chosen = find_selectors(node)[0].matchers
            named = (
                (("__name__", "=", find_selectors(node)[0].name),)
                if find_selectors(node)[0].name
                else ()
            )
            return [
                (it, self.values.get(it["__name__"], "1"))
                for it in self.known
                if _fits(it, (*chosen, *named))
            ]
        if found == "AggregateExpr":
            return self._aggregated(node)
        if found == "Call":
            first = next((it for arg in node.args if (it := self._of(arg))), [])
            never = node.func.name in {"changes", "resets"}
            return [(it, "0" if never else value) for it, value in first]
        if found == "BinaryExpr":
            left, right = self._of(node.lhs), self._of(node.rhs)
            either = left or right
            return either if str(node.op) == "or" or (left and right) else []
        return [({}, f"{node.val:g}")] if found == "NumberLiteral" else self._of(node.expr)

    def _aggregated(self, node: Any) -> list[tuple[Labels, str]]:
        by = tuple(node.modifier.labels) if node.modifier else ()
        groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for labels, value in self._of(node.expr):
            kept = [(it, labels[it]) for it in by if it in labels]
            kept += [("state", GONE)] if GONE in labels.values() else []
            groups.setdefault(tuple(kept), []).append(value)
        count = str(node.op) == "count"
        return [(dict(key), str(len(it)) if count else it[0]) for key, it in groups.items()]


def _is_selector(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_chosen(labels: Labels, selectors: list[str]) -> bool:
    found = [find_selectors(parse(it))[0] for it in selectors]
    named = [(*it.matchers, *((("__name__", "=", it.name),) if it.name else ())) for it in found]
    return not selectors or any(_fits(labels, it) for it in named)


def _fits(labels: Labels, matchers: Any) -> bool:
    return all(has_match(op, value, (labels.get(label, ""),)) for label, op, value in matchers)


@contextmanager
def fake_prometheus(it: FakePrometheus | None = None) -> Iterator[FakePrometheus]:
    """One that listens until the end of the block."""
    fake = it or FakePrometheus()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer(parse_qs(body.decode()))

        def _answer(self, form: Form) -> None:
            fake.headers.append(dict(self.headers))
            status, body = fake.reply(self.command, urlsplit(self.path).path, form)
            if not status:  # drop the connection
                self.close_connection = True
                return
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            is_page = isinstance(body, bytes)
            with suppress(OSError):  # who was interrupted does not listen any more
                self._send(status, data, is_page=is_page)

        def _send(self, status: int, data: bytes, *, is_page: bool) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if is_page else "application/json")
            if status in {301, 302, 307}:
                self.send_header("Location", data.decode())
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who was interrupted broke the connection off."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_address[1]}{fake.prefix}"
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
