"""`tailboard init --prometheus`: which job is meant, and a definition that fits what is stored."""

import pytest

from tailboard.cli.new_definition import DEFAULT_FOLDER
from tailboard.metrics.sample import parse_sample, parse_type_comment
from tests.fast import some_fast
from tests.publish.recognising.expositions import exposition
from tests.publish.workshop import Workshop

from .fake_prometheus import FakePrometheus, Labels, failure

KUBERNETES = {"namespace": "shop", "pod": "shop-1", "endpoint": "http", "service": "shop"}


def scrape(fake: FakePrometheus, job: str, text: str, **target: str) -> None:
    """Store what a program exposes as Prometheus does: its target's labels win."""
    added = {"job": job, "instance": f"{job}:1", **target}
    fake.has("up", added)
    for line in text.splitlines():
        if found := parse_type_comment(line):
            fake.metadata.append({"metric": found[0], "type": found[1]})
        elif one := parse_sample(line.strip()):
            own = {f"exported_{it}" if it in added else it: to for it, to in one.labels.items()}
            labels: Labels = {"__name__": one.name, **own, **added}
            fake.known.append(labels)
            fake.values[one.name] = "1"


@pytest.fixture
def shop(fake: FakePrometheus) -> FakePrometheus:
    """One application, and the server itself, which is written in Go."""
    scrape(fake, "shop-api", exposition("prometheus_client"))
    scrape(fake, "prometheus", "go_info 1\nprometheus_tsdb_reloads_total 1\nwal_bytes 1\n")
    return fake


@pytest.mark.parametrize(
    "name",
    some_fast(
        ["prometheus_client", "starlette_exporter", "django_prometheus", "otel_http_stable"],
        ["prometheus_client"],
    ),
)
def test_what_it_writes_of_a_job_builds_lints_and_checks(
    workshop: Workshop, fake: FakePrometheus, name: str
) -> None:
    scrape(fake, "api", exposition(name))
    made = workshop.tailboard("init", "--prometheus", fake.url, "--job", "api", "--json")
    assert (made.code, made.json["convention"], made.json["jobs"]) == (0, name, ["api"])
    workshop.build("api.py")
    assert workshop.tailboard("lint", "api.py").code == 0
    checked = workshop.tailboard("check", "api.py", "--prometheus", fake.url)
    assert checked.code == 0, checked.said


@pytest.mark.parametrize(
    "name", some_fast(["prometheus_client", "flask_exporter_url_rule"], ["prometheus_client"])
)
def test_a_label_that_the_target_has_too_is_called_as_it_is_stored(
    workshop: Workshop, fake: FakePrometheus, name: str
) -> None:
    target = {**KUBERNETES, "url_rule": "x"}
    scrape(fake, "api", exposition(name), **target)
    label = "endpoint" if name == "prometheus_client" else "url_rule"
    made = workshop.tailboard("init", "--prometheus", fake.url, "--job", "api", "--json")
    assert made.json["labels"][label] == f"exported_{label}"
    text = (workshop.root / "api.py").read_text()
    assert f'labels={{"{label}": "exported_{label}"' in text
    workshop.build("api.py")
    assert workshop.tailboard("lint", "api.py").code == 0
    checked = workshop.tailboard("check", "api.py", "--prometheus", fake.url)
    assert checked.code == 0, checked.said


@pytest.mark.slow
def test_a_fixed_librarys_label_is_renamed_too(workshop: Workshop, fake: FakePrometheus) -> None:
    scrape(fake, "api", exposition("starlette_exporter"), path="/metrics")
    made = workshop.tailboard("init", "--prometheus", fake.url, "--job", "api", "--json")
    assert made.json["convention"] == "starlette_exporter"
    assert made.json["labels"] == {"path": "exported_path"}
    checked = workshop.tailboard("check", "api.py", "--prometheus", fake.url)
    assert checked.code == 0, checked.said


def test_the_only_application_is_meant_if_none_is_named(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    run = workshop.tailboard("init", "--prometheus", shop.url)
    assert run.code == 0
    assert run.err.splitlines()[-4:] == [
        "Wrote shop-api.py. Look at the name 'shop-api', the job 'shop-api', the objectives, then:",
        "  tailboard build shop-api.py",
        "  tailboard lint shop-api.py",
        f"  tailboard check shop-api.py --prometheus {shop.url}",
    ]


def test_several_applications_are_listed_with_how_to_begin_one(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    scrape(shop, "mail queue", "# TYPE mails_total counter\nmails_total 1\n")
    shop.has("up", {"job": "silent", "instance": "s:1"})
    run = workshop.tailboard("init", "--prometheus", shop.url)
    assert run.code == 2
    assert run.out.splitlines() == [
        "job         targets  convention",
        "mail queue        1  none, 1 metric of its own",
        "prometheus        1  none, 2 metrics of its own",
        "shop-api          1  prometheus_client",
        f"silent            1  not known: the job 'silent' of {shop.url} exposes no metrics",
    ]
    assert run.err.splitlines() == [
        "2 jobs look like applications. Begin with one, or with --all-jobs:",
        f"  tailboard init --prometheus {shop.url} --job 'mail queue'",
        f"  tailboard init --prometheus {shop.url} --job shop-api",
    ]
    assert not [*workshop.root.glob("*.py")]
    plain = workshop.tailboard("init", "--prometheus", shop.url, "--json").json
    assert [it["job"] for it in plain if it["application"]] == ["mail queue", "shop-api"]


def test_a_definition_of_every_job_is_written_and_what_could_not_be_is_told(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    scrape(shop, "shop/mail", "# TYPE mails_total counter\nmails_total 1\n")
    (workshop.root / DEFAULT_FOLDER).mkdir()
    mine = workshop.write("definitions/shop-api.py", "mine = 1\n")
    run = workshop.tailboard("init", "--prometheus", shop.url, "--all-jobs")
    assert (run.code, mine.read_text()) == (4, "mine = 1\n")
    assert "shop-api.py is there already" in run.err
    assert "Wrote definitions/shop-mail.py: no library that is known here" in run.err
    assert "1 of 2 definitions written" in run.err
    assert "  tailboard build definitions\n" in run.err
    assert workshop.tailboard("init", "--prometheus", shop.url, "--all-jobs").code == 1
    run = workshop.tailboard("init", "--prometheus", shop.url, "--all-jobs", "--force", "--json")
    assert (run.code, [it["service"] for it in run.json]) == (0, ["shop-api", "shop/mail"])
    workshop.build("definitions")


def test_what_is_promised_is_what_was_seen_in_the_last_hour(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    name = "http_request_duration_seconds_bucket"
    bounds = {it["le"] for it in shop.known if it["__name__"] == name}
    reply = {it: "0" if float(it) < 0.25 else "500" for it in bounds}

    def lately(form: dict[str, list[str]]) -> object:
        if "increase(" not in form["query"][0]:
            return None
        result = [{"metric": {"le": le}, "value": [1, it]} for le, it in reply.items()]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}

    shop.replies["/query"] = lately  # type: ignore[assignment]
    run = workshop.tailboard("init", "--prometheus", shop.url, "--job", "shop-api", "--json")
    assert run.json["objectives"]["latency"] == 0.25


def test_a_job_that_there_is_not_is_named_with_the_nearest(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    run = workshop.tailboard("init", "--prometheus", shop.url, "--job", "shop_api")
    assert (run.code, "did you mean shop-api" in run.err) == (2, True)


def test_a_server_without_a_job_or_an_application_says_so(
    workshop: Workshop, fake: FakePrometheus
) -> None:
    run = workshop.tailboard("init", "--prometheus", fake.url)
    assert (run.code, "has no job" in run.err) == (2, True)
    scrape(fake, "prometheus", "go_info 1\n")
    run = workshop.tailboard("init", "--prometheus", fake.url)
    assert (run.code, "--job prometheus" in run.err) == (2, True)
    run = workshop.tailboard("init", "--prometheus", fake.url, "--all-jobs")
    assert (run.code, "no job of" in run.err) == (2, True)


def test_a_server_that_goes_while_jobs_are_looked_at_is_the_error(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    shop.replies["/series"] = lambda _: (503, b"no healthy upstream")
    run = workshop.tailboard("init", "--prometheus", shop.url)
    assert (run.code, run.out) == (2, "")
    assert "is not able to answer (503)" in run.err
    shop.replies["/series"] = lambda _: (401, b"")
    assert workshop.tailboard("init", "--prometheus", shop.url).code == 3


def test_a_job_of_which_the_server_refuses_to_tell_does_not_hide_the_others(
    workshop: Workshop, shop: FakePrometheus
) -> None:
    scrape(shop, "huge", "a_total 1\n")
    refusal = failure(422, "execution", "too many series")
    shop.replies["/label/__name__/values"] = lambda form: (
        refusal if "huge" in form.get("match[]", [""])[0] else None
    )
    run = workshop.tailboard("init", "--prometheus", shop.url)
    assert (run.code, (workshop.root / "shop-api.py").is_file()) == (0, True)


def test_who_asks_comes_from_the_environment_and_is_never_shown(
    workshop: Workshop, shop: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "hidden")
    monkeypatch.setenv("PROMETHEUS_URL", shop.url)
    run = workshop.tailboard("init")
    assert run.code == 0
    assert shop.headers[-1]["Authorization"] == "Bearer hidden"
    assert "hidden" not in run.said + (workshop.root / "shop-api.py").read_text()
    workshop.write("m.prom", exposition("prometheus_client"))
    shop.asked.clear()
    assert workshop.tailboard("init", "--metrics", "m.prom").code == 0
    assert shop.asked == []


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
    workshop: Workshop, arguments: tuple[str, ...], problem: str
) -> None:
    run = workshop.tailboard("init", *arguments)
    assert (run.code, problem in run.err) == (2, True), run.err
    assert "hidden" not in run.said
