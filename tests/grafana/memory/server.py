"""The server: threads, hooks, counters, and the helpers that look at it from outside."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from threading import RLock
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tests.grafana.memory.access import ADMIN, EDITOR, NONE, VIEWER, Accounts, User
from tests.grafana.memory.answer import (
    Answer,
    RefusalError,
    build_message_error,
    build_page,
    build_redirect,
    build_status_error,
    build_unauthorized_error,
)
from tests.grafana.memory.auxiliary_endpoints import build_no_resource_error
from tests.grafana.memory.document import convert_to_v1, strip_identity
from tests.grafana.memory.request import Request
from tests.grafana.memory.routes import find_route
from tests.grafana.memory.store import (
    ALLOWS_EDITS,
    FILE_PROVISIONING,
    FOLDER,
    MANAGED_BY,
    Item,
    Store,
)
from tests.grafana.real_grafana import build_basic_header, build_bearer_header
from tests.loopback_server import LoopbackServer, QuietHandler

MANAGER_ID = "grafana.app/managerId"
SOURCE_PATH = "grafana.app/sourcePath"
ROLES = {"administrator": ADMIN, "editor": EDITOR, "viewer": VIEWER, "none": NONE}
WRONG_NAMESPACE = re.compile(
    r"/apis/(dashboard|folder)\.grafana\.app/[^/]+/namespaces/(?!default/).+"
)
Hook = Callable[[], None]


class MemoryGrafana(LoopbackServer):
    """A Grafana on loopback whose state a test may read and change.

    `apis=False` is an old server: it knows nothing under /apis. `page_size` caps what a list
    answers at once, whatever limit was asked for.
    """

    def __init__(self, *, apis: bool = True, page_size: int | None = None) -> None:
        super().__init__(_build_handler(self))
        self.apis = apis
        self.page_size = page_size
        self.store = Store()
        self.requests: Counter[tuple[str, str]] = Counter()
        self.lock = RLock()
        self._hooks: list[tuple[str, re.Pattern[str], Hook]] = []
        tokens = {name: f"glsa_{name}" for name in ROLES}
        self.accounts = Accounts(
            {tokens[name]: User(f"service-account:{name}", role) for name, role in ROLES.items()},
            {("admin", "admin"): User("user:admin", ADMIN)},
        )

    def build_credentials(self, user: str) -> Mapping[str, str]:
        """The headers of admin, administrator, editor, viewer, none, nobody, stranger, mistyped."""
        if user == "nobody":
            return {}
        if user in {"admin", "mistyped"}:
            return build_basic_header("admin", "admin" if user == "admin" else "wrong")
        return build_bearer_header(self.create_token(user))

    def create_token(self, user: str) -> str:
        """The token of a service account with a role."""
        return f"glsa_{user}"

    def add_hook(self, method: str, path: str, action: Hook) -> None:
        """Do something once, just before the next request that matches is answered."""
        with self.lock:
            self._hooks.append((method, re.compile(path), action))

    def count_requests(self, method: str = "", path: str = "") -> int:
        """How many requests there were, of a method and with a path that matches."""
        pattern = re.compile(path)
        return sum(
            times
            for (verb, request_path), times in self.requests.items()
            if method in {"", verb} and pattern.search(request_path)
        )

    def clear_requests(self) -> None:
        """Count from nought again."""
        self.requests.clear()

    def add_provisioned(
        self,
        uid: str,
        document: dict[str, Any],
        *,
        folder: str | None = None,
        provider: str = "files",
        allows_edits: bool = False,
    ) -> None:
        """Add a dashboard as file provisioning does."""
        path = f"/etc/provisioning/{provider}/{uid}.json"
        annotations = {MANAGED_BY: FILE_PROVISIONING, MANAGER_ID: provider, SOURCE_PATH: path}
        annotations |= {"grafana.app/sourceChecksum": "0" * 32}
        annotations |= {"grafana.app/sourceTimestamp": "1700000000000"}
        annotations |= {FOLDER: folder} if folder else {}
        annotations |= {ALLOWS_EDITS: "true"} if allows_edits else {}
        self.add_dashboard(uid, document, annotations=annotations, author="access-policy:service")

    def add_dashboard(
        self,
        uid: str,
        document: dict[str, Any],
        *,
        annotations: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        author: str = "user:somebody",
    ) -> None:
        """Store a dashboard of somebody without a request."""
        with self.lock:
            item = Item(
                uid, strip_identity(document), self.store.next_internal_id(), author, "v0alpha1"
            )
            item.annotations, item.labels = dict(annotations or {}), dict(labels or {})
            self.store.put_item(self.store.dashboards, item)

    def add_folder(
        self,
        uid: str,
        spec: dict[str, Any],
        *,
        annotations: Mapping[str, str] | None = None,
        author: str = "user:somebody",
    ) -> None:
        """Store a folder of somebody without a request."""
        with self.lock:
            item = Item(uid, dict(spec), self.store.next_internal_id(), author)
            item.annotations = dict(annotations or {})
            self.store.put_item(self.store.folders, item)

    def list_documents(self) -> dict[str, dict[str, Any]]:
        """What is stored, by uid, as v1beta1 shows it."""
        with self.lock:
            return {uid: convert_to_v1(item.spec) for uid, item in self.store.dashboards.items()}

    def answer(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Handle one request."""
        path = urlsplit(target).path
        with self.lock:
            self.requests[method, path] += 1
            action = self._take_hook(method, path)
        try:
            if action:
                action()
            with self.lock:
                return self._route_request(method, target, headers, raw)
        except RefusalError as refusal:
            return refusal.answer

    def _take_hook(self, method: str, path: str) -> Hook | None:
        for hook in self._hooks:
            if hook[0] in {"", method} and hook[1].search(path):
                self._hooks.remove(hook)
                return hook[2]
        return None

    def _route_request(
        self, method: str, target: str, headers: Mapping[str, str], raw: bytes
    ) -> Answer:
        path = urlsplit(target).path
        person = self.accounts.find_user(headers.get("Authorization"))
        is_api = path.startswith("/api/") or (self.apis and re.match(r"/apis(/|$)", path))
        if person is None and path != "/api/health":
            if not is_api:
                return build_redirect(_login(path))
            raise build_unauthorized_error("Unauthorized", "auth.unauthorized")
        person = person or User("", NONE)
        if not is_api:
            return build_page(404 if path != "/" else 200)
        handler = find_route(method, path)
        if handler is None:
            return _build_not_found(path)
        act, values = handler
        names = [unquote(value) for value in values]
        request = Request(method, self._limit_page_size(target), headers, raw, person, names)
        return act(request, self.store)

    def _limit_page_size(self, target: str) -> str:
        if self.page_size is None or "/namespaces/" not in target:
            return target
        match = re.search(r"[?&]limit=(\d+)", target)
        if match and int(match[1]) <= self.page_size:
            return target
        plain = re.sub(r"([?&])limit=\d+&?", r"\1", target)
        return f"{plain}{'&' if '?' in plain else '?'}limit={self.page_size}"


def _login(path: str) -> str:
    return "/login" if path == "/" else f"/login?redirectTo={quote(path, safe='')}"


def _build_not_found(path: str) -> Answer:
    if WRONG_NAMESPACE.fullmatch(path):
        raise build_status_error(500, "namespace mismatch")
    if re.match(r"/apis/(dashboard|folder)\.grafana\.app/", path):
        raise build_no_resource_error()
    if path.startswith("/apis"):
        return Answer(404, b"404 page not found\n", "text/plain; charset=utf-8")
    raise build_message_error(404, "Not found")


def _build_handler(grafana: MemoryGrafana) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            answer = grafana.answer(self.command, self.path, dict(self.headers), raw)
            payload = answer.encode_body()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(payload)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    return Handler
