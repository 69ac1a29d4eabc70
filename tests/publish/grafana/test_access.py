"""Who may not, where nobody answers, and what answers that is no Grafana."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.grafana.fault_proxy import HTML, FaultProxy, build_refusal
from tests.loopback_server import LoopbackServer, QuietHandler
from tests.publish.grafana.publisher import Publisher, build_panel, read_run_name

COMMANDS = ("plan", "publish")


def create_token(publisher: Publisher, role: str) -> str:
    token_text: str = publisher.grafana.server.create_token(role)  # type: ignore[attr-defined]
    return token_text


def test_a_viewer_may_plan_and_not_publish(publisher: Publisher) -> None:
    # Grafana remembers for a while where a deleted dashboard of the same uid was
    a, b, c = (f"{name}-{publisher.grafana.api}" for name in ("viewed", "left", "wished"))
    publisher.declare_dashboard(a, "old", folder="Shop")
    publisher.declare_dashboard(b)
    publisher.run_publish()
    publisher.declare_dashboard(a, "new", folder="Shop")
    publisher.declare_dashboard(c, folder="Other")
    publisher.delete_definition(b)
    before = (publisher.list_queries(), publisher.grafana.list_folder_titles())
    publisher.set_token(create_token(publisher, "viewer"))
    states = publisher.plan_states()
    assert (states[a], states[b], states[c]) == ("update", "orphan", "create")
    run = publisher.run_publish(code=3)
    assert "is not allowed (403)" in run.stderr
    assert "a role that may" in run.stderr
    publisher.run_publish("--on-error", "abort", code=3)
    assert (publisher.list_queries(), publisher.grafana.list_folder_titles()) == before


def test_an_editor_may_publish_and_update_what_it_published(publisher: Publisher) -> None:
    publisher.set_token(create_token(publisher, "editor"))
    top, inner = f"top-{publisher.grafana.api}", f"inner-{publisher.grafana.api}"
    publisher.declare_dashboard(
        top, "old"
    )  # Grafana remembers for a while whose a deleted dashboard was
    publisher.declare_dashboard(inner, "old", folder="Shop/Orders")
    publisher.run_publish()
    for uid, folder in ((top, ""), (inner, "Shop/Orders")):
        publisher.declare_dashboard(uid, "new", folder=folder)
    publisher.run_publish()
    assert set(publisher.list_queries().values()) == {"new"}
    assert publisher.is_published()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_token_is_not_allowed_and_asked_for_once(
    publisher: Publisher, proxy: FaultProxy, command: str
) -> None:
    publisher.declare_dashboard("a")
    publisher.set_token("glsa_wrong")
    publisher.set_url(proxy.url)
    run = publisher.run_command(command)
    assert run.exit_code == 3, run.output
    assert "does not accept the credentials (401)" in run.stderr
    assert len([path for _, path in proxy.requests if path != "/api/health"]) <= 1 + 8


def test_without_credentials_it_says_which_are_wanted(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.monkeypatch.delenv("GRAFANA_TOKEN")
    run = publisher.run_command("plan")
    assert run.exit_code == 3
    assert "wants credentials (401)" in run.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_answers(publisher: Publisher, command: str) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url("http://127.0.0.1:9")
    run = publisher.run_command(command)
    assert (run.exit_code, "cannot be reached" in run.stderr) == (2, True)


def test_an_html_page_is_no_grafana(publisher: Publisher, proxy: FaultProxy) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url(proxy.url)
    proxy.add_fault(HTML)
    run = publisher.run_command("plan")
    assert run.exit_code == 2
    assert "an HTML page" in run.stderr
    assert "sub-path" in run.stderr


def test_an_address_that_lacks_its_sub_path_is_told(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url(f"{publisher.grafana.url}/grafana")
    run = publisher.run_command("plan")
    assert run.exit_code == 2, run.output
    assert "sub-path" in run.stderr or "login" in run.stderr


def test_another_server_is_no_grafana(publisher: Publisher, proxy: FaultProxy) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url(proxy.url)
    proxy.add_fault(build_refusal(404))
    run = publisher.run_command("plan")
    assert (run.exit_code, "is no Grafana" in run.stderr) == (2, True)


def test_no_address_is_wrong_usage(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.monkeypatch.delenv("GRAFANA_URL")
    run = publisher.run_command("plan")
    assert (run.exit_code, "--grafana URL" in run.stderr) == (2, True)


def test_the_api_is_found_by_asking(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    args = ("plan", "definitions", "--json")
    has_apis = publisher.grafana.kind != "memory classic"
    run = publisher.workspace.run_tailboard(*args)
    assert run.json["api"] == ("apis" if has_apis else "classic")
    assert publisher.workspace.run_tailboard(*args, "--api", "classic").json["api"] == "classic"
    run = publisher.workspace.run_tailboard(*args, "--api", "apis")
    assert run.exit_code == (0 if has_apis else 2)
    if not has_apis:
        assert "the classic API does the same" in run.stderr


def test_what_one_api_published_the_other_one_knows(publisher: Publisher) -> None:
    if publisher.grafana.kind == "memory classic":
        pytest.skip("there is no other one")
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 1}]
    thresholds = {"mode": "absolute", "steps": steps}
    field = {"defaults": {"thresholds": thresholds}, "overrides": []}
    for query, api, other_api in (
        ("old", "classic", "apis"),
        ("new", "apis", "classic"),
        ("newer", "classic", "apis"),
    ):
        panel_json = {**build_panel("Up", query), "fieldConfig": field}
        publisher.declare_document({"panels": [panel_json], "title": "A", "uid": "a"}, "Shop")
        publisher.run_publish("--api", api)
        assert publisher.is_published("--api", other_api)
    publisher.grafana.save_by_api("a", lambda document: document.update(description="By hand"))
    assert publisher.plan_items("--api", "apis")["a"]["differences"] == [
        "description 'By hand' -> none"
    ]


AnswerBuilder = Callable[[str, str, Mapping[str, str], bytes], Any]


def test_a_grafana_below_a_sub_path(publisher: Publisher) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("this server has no sub-path")
    answer: AnswerBuilder = memory.answer

    def below(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Any:
        outside = target if target.startswith("/sub/") else "/sub/nothing"
        return answer(method, outside.removeprefix("/sub"), headers, raw)

    publisher.monkeypatch.setattr(memory, "answer", below)
    publisher.set_url(f"{publisher.grafana.url}/sub/")
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish()
    assert publisher.is_published()
    publisher.monkeypatch.setattr(memory, "answer", answer)
    assert publisher.list_folder_paths() == {"a": "Shop"}


def test_an_organisation_is_asked_for_in_every_request(publisher: Publisher) -> None:
    memory = publisher.grafana.memory_server
    if memory is None:
        pytest.skip("the token belongs to one organisation")
    answer: AnswerBuilder = memory.answer
    hosts = set()

    def noting(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Any:
        hosts.add(headers.get("X-Grafana-Org-Id"))
        return answer(method, target, headers, raw)

    publisher.monkeypatch.setattr(memory, "answer", noting)
    publisher.declare_dashboard("a", folder="Shop")
    publisher.run_publish("--org", "1")
    publisher.monkeypatch.setattr(memory, "answer", answer)
    assert hosts == {"1"}


@contextmanager
def run_credential_recorder() -> Iterator[tuple[str, list[str]]]:
    """A server that writes down what credentials it is sent."""
    heard: list[str] = []

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_PUT = do_DELETE = do_GET

    with LoopbackServer(Handler) as server:
        yield f"http://localhost:{server.server_port}", heard


def test_the_token_follows_no_redirect_to_another_host(
    publisher: Publisher, proxy: FaultProxy
) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url(proxy.url)
    with run_credential_recorder() as (address, heard):
        for path in ("/api/health$", "/dashboards"):
            proxy.clear_faults()
            fault = build_refusal(302)
            proxy.add_fault(
                type(fault)(fault.harm, 302, {"Location": f"{address}/api/health"}), path=path
            )
            run = publisher.run_command("publish")
            assert run.exit_code in {1, 2}, run.output
            assert "sends to" in run.output
    assert heard == []


def test_the_token_is_not_sent_unencrypted_to_another_machine(publisher: Publisher) -> None:
    publisher.declare_dashboard("a")
    publisher.set_url("http://grafana.example.com")
    run = publisher.run_command("plan")
    assert (run.exit_code, "--allow-http" in run.stderr) == (2, True)


@pytest.mark.parametrize(
    "fault", [build_refusal(500), build_refusal(403), build_refusal(401), HTML, None]
)
def test_the_token_is_never_told(publisher: Publisher, proxy: FaultProxy, fault: Any) -> None:
    secret = publisher.grafana.token
    publisher.declare_dashboard("a", folder="Shop")
    publisher.set_url(proxy.url)
    if fault:
        proxy.add_fault(fault, path="/dashboards")
    run = publisher.run_command("publish", "--json")
    plan = publisher.run_command("plan", "--json")
    text = run.output + plan.output
    reports = (publisher.workspace.root / ".tailboard").rglob("*")
    text += "".join(path.read_text() for path in reports if path.is_file())
    assert secret
    assert secret not in text
    if not fault:
        assert read_run_name(run)
