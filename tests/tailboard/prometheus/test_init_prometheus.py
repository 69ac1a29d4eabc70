"""`tailboard init --prometheus`: which job is meant, and a definition that fits what is stored."""

import pytest

from tailboard.cli.new_definition import DEFAULT_FOLDER
from tailboard.metrics.sample import parse_line
from tests.slow_marks import mark_slow
from tests.tailboard.init.library_expositions import format_exposition
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, Labels, build_failure
from tests.workspace import Workspace

KUBERNETES_LABELS = {"namespace": "shop", "pod": "shop-1", "endpoint": "http", "service": "shop"}


def store_exposition(fake_server: FakePrometheus, job: str, text: str, **target: str) -> None:
    """Store what a program exposes as Prometheus does: its target's labels win."""
    added = {"job": job, "instance": f"{job}:1", **target}
    fake_server.add_series("up", added)
    for line in text.splitlines():
        parsed_line = parse_line(line.strip())
        if parsed_line.family:
            metric, metric_type = parsed_line.family
            fake_server.metadata.append({"metric": metric, "type": metric_type, "target": added})
        elif parsed := parsed_line.sample:
            target_labels = {
                f"exported_{label}" if label in added else label: to
                for label, to in parsed.labels.items()
            }
            labels: Labels = {"__name__": parsed.name, **target_labels, **added}
            fake_server.known_series.append(labels)
            fake_server.values[parsed.name] = "1"


@pytest.fixture
def shop_prometheus(fake_server: FakePrometheus) -> FakePrometheus:
    """One application, and the server itself, which is written in Go."""
    store_exposition(fake_server, "shop-api", format_exposition("prometheus_client"))
    store_exposition(
        fake_server, "prometheus", "go_info 1\nprometheus_tsdb_reloads_total 1\nwal_bytes 1\n"
    )
    return fake_server


@pytest.mark.parametrize(
    "name",
    mark_slow(
        ["prometheus_client", "starlette_exporter", "django_prometheus", "otel_http_stable"],
        ["prometheus_client"],
    ),
)
def test_what_it_writes_of_a_job_builds_lints_and_checks(
    workspace: Workspace, fake_server: FakePrometheus, name: str
) -> None:
    store_exposition(fake_server, "api", format_exposition(name))
    result = workspace.run_tailboard(
        "init", "--prometheus", fake_server.url, "--job", "api", "--json"
    )
    assert (result.exit_code, result.json["convention"], result.json["jobs"]) == (0, name, ["api"])
    workspace.run_build("api.py")
    assert workspace.run_tailboard("lint", "api.py").exit_code == 0
    checked = workspace.run_tailboard("check", "api.py", "--prometheus", fake_server.url)
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize(
    "name", mark_slow(["prometheus_client", "flask_exporter_url_rule"], ["prometheus_client"])
)
def test_a_label_that_the_target_has_too_is_called_as_it_is_stored(
    workspace: Workspace, fake_server: FakePrometheus, name: str
) -> None:
    target = {**KUBERNETES_LABELS, "url_rule": "x"}
    store_exposition(fake_server, "api", format_exposition(name), **target)
    label = "endpoint" if name == "prometheus_client" else "url_rule"
    result = workspace.run_tailboard(
        "init", "--prometheus", fake_server.url, "--job", "api", "--json"
    )
    assert result.json["labels"][label] == f"exported_{label}"
    text = (workspace.root / "api.py").read_text()
    assert f'labels={{"{label}": "exported_{label}"' in text
    workspace.run_build("api.py")
    assert workspace.run_tailboard("lint", "api.py").exit_code == 0
    checked = workspace.run_tailboard("check", "api.py", "--prometheus", fake_server.url)
    assert checked.exit_code == 0, checked.output


@pytest.mark.slow
def test_a_fixed_librarys_label_is_renamed_too(
    workspace: Workspace, fake_server: FakePrometheus
) -> None:
    store_exposition(fake_server, "api", format_exposition("starlette_exporter"), path="/metrics")
    result = workspace.run_tailboard(
        "init", "--prometheus", fake_server.url, "--job", "api", "--json"
    )
    assert result.json["convention"] == "starlette_exporter"
    assert result.json["labels"] == {"path": "exported_path"}
    checked = workspace.run_tailboard("check", "api.py", "--prometheus", fake_server.url)
    assert checked.exit_code == 0, checked.output


def test_the_only_application_is_meant_if_none_is_named(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url)
    assert run.exit_code == 0
    assert run.stderr.splitlines()[-4:] == [
        "Wrote shop-api.py. Look at the name 'shop-api', the job 'shop-api', the objectives, then:",
        "  tailboard build shop-api.py",
        "  tailboard lint shop-api.py",
        f"  tailboard check shop-api.py --prometheus {shop_prometheus.url}",
    ]


def test_several_applications_are_listed_with_how_to_begin_one(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    store_exposition(shop_prometheus, "mail queue", "# TYPE mails_total counter\nmails_total 1\n")
    shop_prometheus.add_series("up", {"job": "silent", "instance": "s:1"})
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url)
    assert run.exit_code == 2
    assert run.stdout.splitlines() == [
        "job         targets  convention",
        "mail queue        1  none, 1 metric of its own",
        "prometheus        1  none, 2 metrics of its own",
        "shop-api          1  prometheus_client",
        "silent            1  not known: "
        f"the job 'silent' of {shop_prometheus.url} exposes no metrics",
    ]
    assert run.stderr.splitlines() == [
        "2 jobs look like applications. Begin with one, or with --all-jobs:",
        f"  tailboard init --prometheus {shop_prometheus.url} --job 'mail queue'",
        f"  tailboard init --prometheus {shop_prometheus.url} --job shop-api",
    ]
    assert not [*workspace.root.glob("*.py")]
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url, "--json")
    jobs = [row["job"] for row in run.json["candidates"] if row["application"]]
    assert jobs == ["mail queue", "shop-api"]


def test_a_definition_of_every_job_is_written_and_what_could_not_be_is_told(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    store_exposition(shop_prometheus, "shop/mail", "# TYPE mails_total counter\nmails_total 1\n")
    (workspace.root / DEFAULT_FOLDER).mkdir()
    path = workspace.write_file("definitions/shop-api.py", "mine = 1\n")
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url, "--all-jobs")
    assert (run.exit_code, path.read_text()) == (4, "mine = 1\n")
    assert "shop-api.py is there already" in run.stderr
    assert "Wrote definitions/shop-mail.py: no library that is known here" in run.stderr
    assert "1 of 2 definitions written" in run.stderr
    assert "  tailboard build definitions\n" in run.stderr
    assert (
        workspace.run_tailboard("init", "--prometheus", shop_prometheus.url, "--all-jobs").exit_code
        == 1
    )
    run = workspace.run_tailboard(
        "init", "--prometheus", shop_prometheus.url, "--all-jobs", "--force", "--json"
    )
    services = [row["service"] for row in run.json["definitions"]]
    assert (run.exit_code, services) == (0, ["shop-api", "shop/mail"])
    workspace.run_build("definitions")


def test_what_is_promised_is_what_was_seen_in_the_last_hour(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    name = "http_request_duration_seconds_bucket"
    bounds = {series["le"] for series in shop_prometheus.known_series if series["__name__"] == name}
    reply = {bound: "0" if float(bound) < 0.25 else "500" for bound in bounds}

    def lately(form: dict[str, list[str]]) -> object:
        if "increase(" not in form["query"][0]:
            return None
        result = [{"metric": {"le": le}, "value": [1, value]} for le, value in reply.items()]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}

    shop_prometheus.replies["/query"] = lately  # type: ignore[assignment]
    run = workspace.run_tailboard(
        "init", "--prometheus", shop_prometheus.url, "--job", "shop-api", "--json"
    )
    assert run.json["objectives"]["latency"] == 0.25


def test_a_job_that_there_is_not_is_named_with_the_nearest(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url, "--job", "shop_api")
    assert (run.exit_code, "did you mean shop-api" in run.stderr) == (2, True)


def test_a_server_without_a_job_or_an_application_says_so(
    workspace: Workspace, fake_server: FakePrometheus
) -> None:
    run = workspace.run_tailboard("init", "--prometheus", fake_server.url)
    assert (run.exit_code, "has no job" in run.stderr) == (2, True)
    store_exposition(fake_server, "prometheus", "go_info 1\n")
    run = workspace.run_tailboard("init", "--prometheus", fake_server.url)
    assert (run.exit_code, "--job prometheus" in run.stderr) == (2, True)
    run = workspace.run_tailboard("init", "--prometheus", fake_server.url, "--all-jobs")
    assert (run.exit_code, "no job of" in run.stderr) == (2, True)


def test_a_server_that_goes_while_jobs_are_looked_at_is_the_error(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    shop_prometheus.replies["/series"] = lambda _: (503, b"no healthy upstream")
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url)
    assert (run.exit_code, run.stdout) == (2, "")
    assert "is not able to answer (503)" in run.stderr
    shop_prometheus.replies["/series"] = lambda _: (401, b"")
    assert workspace.run_tailboard("init", "--prometheus", shop_prometheus.url).exit_code == 3


def test_a_job_of_which_the_server_refuses_to_tell_does_not_hide_the_others(
    workspace: Workspace, shop_prometheus: FakePrometheus
) -> None:
    store_exposition(shop_prometheus, "huge", "a_total 1\n")
    refusal = build_failure(422, "execution", "too many series")
    shop_prometheus.replies["/label/__name__/values"] = lambda form: (
        refusal if "huge" in form.get("match[]", [""])[0] else None
    )
    run = workspace.run_tailboard("init", "--prometheus", shop_prometheus.url)
    assert (run.exit_code, (workspace.root / "shop-api.py").is_file()) == (0, True)


def test_who_asks_comes_from_the_environment_and_is_never_shown(
    workspace: Workspace, shop_prometheus: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "hidden")
    monkeypatch.setenv("PROMETHEUS_URL", shop_prometheus.url)
    run = workspace.run_tailboard("init")
    assert run.exit_code == 0
    assert shop_prometheus.headers[-1]["Authorization"] == "Bearer hidden"
    assert "hidden" not in run.output + (workspace.root / "shop-api.py").read_text()
    workspace.write_file("m.prom", format_exposition("prometheus_client"))
    shop_prometheus.requests.clear()
    assert workspace.run_tailboard("init", "--metrics", "m.prom").exit_code == 0
    assert shop_prometheus.requests == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--metrics", "m.prom", "--prometheus", "http://a"), "Leave one out"),
        (("--registry", "a:b", "--prometheus", "http://a"), "Leave one out"),
        (("--metrics", "m.prom", "--all-jobs"), "--all-jobs is for --prometheus"),
        (("--prometheus", "http://a", "--all-jobs", "--job", "b"), "without --name, --job"),
        (("--prometheus", "http://a?token=hidden"), "holds more than an address"),
    ],
)
def test_a_wrong_command_line_says_what_to_do(
    workspace: Workspace, arguments: tuple[str, ...], problem: str
) -> None:
    run = workspace.run_tailboard("init", *arguments)
    assert (run.exit_code, problem in run.stderr) == (2, True), run.stderr
    assert "hidden" not in run.output


def test_objectives_are_what_the_last_hour_was_without_the_routes_that_panels_leave_out(
    workspace: Workspace, fake_server: FakePrometheus
) -> None:
    store_exposition(fake_server, "api", format_exposition("starlette_exporter"))
    run = workspace.run_tailboard("init", "--prometheus", fake_server.url, "--job", "api")
    assert run.exit_code == 0
    expressions = fake_server.list_expressions()
    for beginning, metric in (
        ("sum by (le)", "starlette_request_duration_seconds_bucket"),
        ("sum by (status_code)", "starlette_requests_total"),
    ):
        (expression,) = [text for text in expressions if text.startswith(beginning)]
        assert f'{metric}{{job="api",path!~' in expression
        assert expression.endswith("[1h]))")
