"""Who may not, where nobody answers, and what answers that is no Grafana."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.grafana.proxy import HTML, FaultProxy, refusal
from tests.publish.grafana.shop import Shop, name_of, panel

COMMANDS = ("plan", "publish")


def token(shop: Shop, role: str) -> str:
    found: str = shop.grafana.server.token(role)  # type: ignore[attr-defined]
    return found


def test_a_viewer_may_plan_and_not_publish(shop: Shop) -> None:
    # Grafana remembers for a while where a deleted dashboard of the same uid was
    a, b, c = (f"{it}-{shop.grafana.api}" for it in ("viewed", "left", "wished"))
    shop.declare(a, "old", folder="Shop")
    shop.declare(b)
    shop.publish()
    shop.declare(a, "new", folder="Shop")
    shop.declare(c, folder="Other")
    shop.undeclare(b)
    before = (shop.queries(), shop.grafana.folders())
    shop.with_token(token(shop, "viewer"))
    states = shop.states()
    assert (states[a], states[b], states[c]) == ("update", "orphan", "create")
    run = shop.publish(code=3)
    assert "is not allowed (403)" in run.err
    assert "a role that may" in run.err
    shop.publish("--on-error", "abort", code=3)
    assert (shop.queries(), shop.grafana.folders()) == before


def test_an_editor_may_publish_and_update_what_it_published(shop: Shop) -> None:
    shop.with_token(token(shop, "editor"))
    top, inner = f"top-{shop.grafana.api}", f"inner-{shop.grafana.api}"
    shop.declare(top, "old")  # Grafana remembers for a while whose a deleted dashboard was
    shop.declare(inner, "old", folder="Shop/Orders")
    shop.publish()
    for uid, folder in ((top, ""), (inner, "Shop/Orders")):
        shop.declare(uid, "new", folder=folder)
    shop.publish()
    assert set(shop.queries().values()) == {"new"}
    assert shop.is_published()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_token_is_not_allowed_and_asked_for_once(
    shop: Shop, proxy: FaultProxy, command: str
) -> None:
    shop.declare("a")
    shop.with_token("glsa_wrong")
    shop.ask_at(proxy.url)
    run = shop.run(command)
    assert run.code == 3, run.said
    assert "does not accept the credentials (401)" in run.err
    assert len([path for _, path in proxy.requests if path != "/api/health"]) <= 1 + 8


def test_without_credentials_it_says_which_are_wanted(shop: Shop) -> None:
    shop.declare("a")
    shop.patch.delenv("GRAFANA_TOKEN")
    run = shop.run("plan")
    assert run.code == 3
    assert "wants credentials (401)" in run.err


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_answers(shop: Shop, command: str) -> None:
    shop.declare("a")
    shop.ask_at("http://127.0.0.1:9")
    run = shop.run(command)
    assert (run.code, "cannot be reached" in run.err) == (2, True)


def test_an_html_page_is_no_grafana(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a")
    shop.ask_at(proxy.url)
    proxy.harm(HTML)
    run = shop.run("plan")
    assert run.code == 2
    assert "an HTML page" in run.err
    assert "sub-path" in run.err


def test_an_address_that_lacks_its_sub_path_is_told(shop: Shop) -> None:
    shop.declare("a")
    shop.ask_at(f"{shop.grafana.url}/grafana")
    run = shop.run("plan")
    assert run.code == 2, run.said
    assert "sub-path" in run.err or "login" in run.err


def test_another_server_is_no_grafana(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a")
    shop.ask_at(proxy.url)
    proxy.harm(refusal(404))
    run = shop.run("plan")
    assert (run.code, "is no Grafana" in run.err) == (2, True)


def test_no_address_is_wrong_usage(shop: Shop) -> None:
    shop.declare("a")
    shop.patch.delenv("GRAFANA_URL")
    run = shop.run("plan")
    assert (run.code, "--grafana URL" in run.err) == (2, True)


def test_the_api_is_found_by_asking(shop: Shop) -> None:
    shop.declare("a")
    args = ("plan", "definitions", "--json")
    has_apis = shop.grafana.kind != "memory classic"
    run = shop.workshop.tailboard(*args)
    assert run.json["api"] == ("apis" if has_apis else "classic")
    assert shop.workshop.tailboard(*args, "--api", "classic").json["api"] == "classic"
    run = shop.workshop.tailboard(*args, "--api", "apis")
    assert run.code == (0 if has_apis else 2)
    if not has_apis:
        assert "the classic API does the same" in run.err


def test_what_one_api_published_the_other_one_knows(shop: Shop) -> None:
    if shop.grafana.kind == "memory classic":
        pytest.skip("there is no other one")
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 1}]
    thresholds = {"mode": "absolute", "steps": steps}
    field = {"defaults": {"thresholds": thresholds}, "overrides": []}
    for query, api, other in (
        ("old", "classic", "apis"),
        ("new", "apis", "classic"),
        ("newer", "classic", "apis"),
    ):
        one = {**panel("Up", query), "fieldConfig": field}
        shop.declare_document({"panels": [one], "title": "A", "uid": "a"}, "Shop")
        shop.publish("--api", api)
        assert shop.is_published("--api", other)
    shop.grafana.edit_by_api("a", lambda it: it.update(description="By hand"))
    assert shop.items("--api", "apis")["a"]["differences"] == ["description 'By hand' -> none"]


Answering = Callable[[str, str, Mapping[str, str], bytes], Any]


def test_a_grafana_below_a_sub_path(shop: Shop) -> None:
    memory = shop.grafana.memory
    if memory is None:
        pytest.skip("this server has no sub-path")
    answer: Answering = memory.answer

    def below(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Any:
        outside = target if target.startswith("/sub/") else "/sub/nothing"
        return answer(method, outside.removeprefix("/sub"), headers, raw)

    shop.patch.setattr(memory, "answer", below)
    shop.ask_at(f"{shop.grafana.url}/sub/")
    shop.declare("a", folder="Shop")
    shop.publish()
    assert shop.is_published()
    shop.patch.setattr(memory, "answer", answer)
    assert shop.folder_titles() == {"a": "Shop"}


def test_an_organisation_is_asked_for_in_every_request(shop: Shop) -> None:
    memory = shop.grafana.memory
    if memory is None:
        pytest.skip("the token belongs to one organisation")
    answer: Answering = memory.answer
    asked = set()

    def noting(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Any:
        asked.add(headers.get("X-Grafana-Org-Id"))
        return answer(method, target, headers, raw)

    shop.patch.setattr(memory, "answer", noting)
    shop.declare("a", folder="Shop")
    shop.publish("--org", "1")
    shop.patch.setattr(memory, "answer", answer)
    assert asked == {"1"}


@contextmanager
def another_host() -> Iterator[tuple[str, list[str]]]:
    """A server that writes down what credentials it is sent."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_token_follows_no_redirect_to_another_host(shop: Shop, proxy: FaultProxy) -> None:
    shop.declare("a")
    shop.ask_at(proxy.url)
    with another_host() as (address, heard):
        for path in ("/api/health$", "/dashboards"):
            proxy.heal()
            fault = refusal(302)
            proxy.harm(
                type(fault)(fault.harm, 302, {"Location": f"{address}/api/health"}), path=path
            )
            run = shop.run("publish")
            assert run.code in {1, 2}, run.said
            assert "sends to" in run.said
    assert heard == []


def test_the_token_is_not_sent_unencrypted_to_another_machine(shop: Shop) -> None:
    shop.declare("a")
    shop.ask_at("http://grafana.example.com")
    run = shop.run("plan")
    assert (run.code, "--allow-http" in run.err) == (2, True)


@pytest.mark.parametrize("fault", [refusal(500), refusal(403), refusal(401), HTML, None])
def test_the_token_is_never_told(shop: Shop, proxy: FaultProxy, fault: Any) -> None:
    secret = shop.grafana.token
    shop.declare("a", folder="Shop")
    shop.ask_at(proxy.url)
    if fault:
        proxy.harm(fault, path="/dashboards")
    run = shop.run("publish", "--json")
    plan = shop.run("plan", "--json")
    said = run.said + plan.said
    reports = (shop.workshop.root / ".tailboard").rglob("*")
    said += "".join(it.read_text() for it in reports if it.is_file())
    assert secret
    assert secret not in said
    if not fault:
        assert name_of(run)
