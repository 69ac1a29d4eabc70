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
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tailboard.panels.patterns import has_match
from tailboard.queries.parser.promql import find_selectors, get_node_type, parse_expression
from tests.loopback_server import LoopbackServer, QuietHandler

Labels = dict[str, str]
Form = dict[str, list[str]]
Reply = tuple[int, Any]
"""A status and a body: JSON, or bytes as they are."""

ABSENT_VALUE = "gone"


def build_success(data: Any, **fields: Any) -> Reply:
    return 200, {"status": "success", "data": data, **fields}


def build_failure(status: int, kind: str, error: str) -> Reply:
    return status, {"status": "error", "errorType": kind, "error": error}


def build_vector(*samples: tuple[Labels, str]) -> Reply:
    now = time.time()
    result = [{"metric": labels, "value": [now, value]} for labels, value in samples]
    return build_success({"resultType": "vector", "result": result})


@dataclass
class FakePrometheus:
    """What it knows and was asked; `replies` come before all else, by the end of the path."""

    known_series: list[Labels] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    """The values of metrics that are not 1."""

    targets: list[dict[str, Any]] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    recording_rules: list[str] = field(default_factory=list)
    scrape_interval: str = "15s"
    prefix: str = ""
    replies: dict[str, Callable[[Form], Reply | None]] = field(default_factory=dict)
    requests: list[tuple[str, str, Form]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    max_concurrent: int = 0
    url: str = ""
    _now: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add_series(self, name: str, *label_sets: Labels, value: str = "1", **labels: str) -> None:
        """Know a metric with some sets of labels."""
        self.values[name] = value
        self.known_series += [
            {"__name__": name, **labels, **label} for label in label_sets or ({},)
        ]

    def list_expressions(self, endpoint: str = "query") -> list[str]:
        """The expressions that were asked, in their order."""
        return [
            form["query"][0] for _, path, form in self.requests if path.endswith(f"/{endpoint}")
        ]

    def handle_request(self, method: str, path: str, form: Form) -> Reply:
        with self._lock:
            self.requests.append((method, path, form))
            self._now += 1
            self.max_concurrent = max(self.max_concurrent, self._now)
        try:
            for end, answer in list(self.replies.items()):
                if path.endswith(end) and (reply := answer(form)) is not None:
                    return reply
            if not path.startswith(f"{self.prefix}/api/v1/"):
                return 404, b"404 page not found\n"
            return self._route_request(path.removeprefix(f"{self.prefix}/api/v1/"), form)
        finally:
            with self._lock:
                self._now -= 1

    def _route_request(self, path: str, form: Form) -> Reply:
        selectors = [
            selector for name in ("match[]", "match_target") for selector in form.get(name, [])
        ]
        if any(not _is_selector(selector) for selector in selectors):
            return build_failure(
                400, "bad_data", "match[] must contain at least one non-empty matcher"
            )
        answers = {
            "status/config": {"yaml": f"global:\n  scrape_interval: {self.scrape_interval}\n"},
            "targets": {"activeTargets": self.targets, "droppedTargets": []},
            "targets/metadata": self._list_metadata(form.get("match_target", [])),
            "metadata": self._list_types(),
            "rules": {"groups": [{"rules": [{"name": name} for name in self.recording_rules]}]},
        }
        if path in answers:
            return build_success(answers[path])
        if path in {"query", "query_range"}:
            end = form["end"][0] if path == "query_range" else ""
            return self._evaluate_query(form["query"][0], float(end) if end else None)
        matches = [
            series for series in self.known_series if _is_chosen(series, form.get("match[]", []))
        ]
        if path == "series":
            return build_success(matches)
        return build_success(self._list_labels(path, matches))

    def _list_metadata(self, selectors: list[str]) -> list[dict[str, Any]]:
        """What targets say of their metrics; an entry without a target is of all of them."""
        return [
            entry
            for entry in self.metadata
            if "target" not in entry or _is_chosen(entry["target"], selectors)
        ]

    def _list_types(self) -> dict[str, list[dict[str, str]]]:
        """The same of all targets together: each different type once."""
        types: dict[str, list[dict[str, str]]] = {}
        for entry in self.metadata:
            metadata_entry = {"type": entry["type"], "help": "", "unit": ""}
            if metadata_entry not in types.setdefault(entry["metric"], []):
                types[entry["metric"]].append(metadata_entry)
        return types

    def _list_labels(self, path: str, label_sets: list[Labels]) -> list[str]:
        if path == "labels":
            return sorted({label for labels in label_sets for label in labels})
        label = path.removeprefix("label/").removesuffix("/values")
        return sorted({labels[label] for labels in label_sets if label in labels})

    def _evaluate_query(self, expression: str, end: float | None) -> Reply:
        """The values now, or half an hour before the end of a range and at its end."""
        now = time.time()
        if expression == "time()" and end is not None:
            points = [[end, f"{end}"]]
            result_data = {"resultType": "matrix", "result": [{"metric": {}, "values": points}]}
            return build_success(result_data)
        if expression == "time()":
            return build_success({"resultType": "scalar", "result": [now, f"{now}"]})
        try:
            tree = parse(expression)
        except ValueError as error:
            return build_failure(400, "bad_data", f'invalid parameter "query": {error}')
        samples = self._evaluate_node(tree)
        if end is None:
            return build_vector(
                *(sample for sample in samples if ABSENT_VALUE not in sample[0].values())
            )
        result = []
        for labels, value in samples:
            times = [end - 1800] if ABSENT_VALUE in labels.values() else [end - 1800, end]
            known_labels = {key: text for key, text in labels.items() if text != ABSENT_VALUE}
            points = [[timestamp, value] for timestamp in times]
            result.append({"metric": known_labels, "values": points})
        return build_success({"resultType": "matrix", "result": result})

    def _evaluate_node(self, node: Any) -> list[tuple[Labels, str]]:
        samples = get_node_type(node)
        if samples in {"VectorSelector", "MatrixSelector"}:
            matchers = find_selectors(node)[0].matchers
            named = (
                (("__name__", "=", find_selectors(node)[0].name),)
                if find_selectors(node)[0].name
                else ()
            )
            return [
                (series, self.values.get(series["__name__"], "1"))
                for series in self.known_series
                if _is_match(series, (*matchers, *named))
            ]
        if samples == "AggregateExpr":
            return self._evaluate_aggregation(node)
        if samples == "Call":
            first = next(
                (
                    vector_samples
                    for arg in node.args
                    if (vector_samples := self._evaluate_node(arg))
                ),
                [],
            )
            never = node.func.name in {"changes", "resets"}
            return [(labels, "0" if never else value) for labels, value in first]
        if samples == "BinaryExpr":
            left, right = self._evaluate_node(node.lhs), self._evaluate_node(node.rhs)
            either = left or right
            return either if str(node.op) == "or" or (left and right) else []
        return (
            [({}, f"{node.val:g}")]
            if samples == "NumberLiteral"
            else self._evaluate_node(node.expr)
        )

    def _evaluate_aggregation(self, node: Any) -> list[tuple[Labels, str]]:
        by = tuple(node.modifier.labels) if node.modifier else ()
        groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for labels, value in self._evaluate_node(node.expr):
            group_labels = [(label, labels[label]) for label in by if label in labels]
            group_labels += [("state", ABSENT_VALUE)] if ABSENT_VALUE in labels.values() else []
            groups.setdefault(tuple(group_labels), []).append(value)
        count = str(node.op) == "count"
        return [
            (dict(key), str(len(values)) if count else values[0]) for key, values in groups.items()
        ]


def parse(text: str) -> Any:
    """The tree of an expression; raises ValueError where there is none."""
    expression = parse_expression(text)
    if expression.problem:
        raise ValueError(expression.problem)
    return expression.tree


def _is_selector(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_chosen(labels: Labels, selectors: list[str]) -> bool:
    selected = [find_selectors(parse(selector))[0] for selector in selectors]
    named = [
        (*labels.matchers, *((("__name__", "=", labels.name),) if labels.name else ()))
        for labels in selected
    ]
    return not selectors or any(_is_match(labels, matchers) for matchers in named)


def _is_match(labels: Labels, matchers: Any) -> bool:
    return all(has_match(op, value, (labels.get(label, ""),)) for label, op, value in matchers)


@contextmanager
def serve_fake_prometheus(prometheus: FakePrometheus | None = None) -> Iterator[FakePrometheus]:
    """One that listens until the end of the block."""
    fake = prometheus or FakePrometheus()

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer(parse_qs(body.decode()))

        def _answer(self, form: Form) -> None:
            fake.headers.append(dict(self.headers))
            status, body = fake.handle_request(self.command, urlsplit(self.path).path, form)
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

    class Server(LoopbackServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Ignore the error of a client that was interrupted."""

    with Server(Handler) as server:
        fake.url = f"{server.url}{fake.prefix}"
        yield fake
