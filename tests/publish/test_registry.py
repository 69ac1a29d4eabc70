"""The application's own registry feeds its dashboards, or the test says what it does not feed."""

import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter

from publish.errors import TailboardError
from publish.pytest_plugin import Fed
from publish.registry import exposed, registry_named
from tests.publish.workshop import Workshop

DEFINITION = """
from dashboards import Dashboard, Row
from panels import Query, kinds

dashboard = Dashboard(
    "Orders",
    rows=[Row("R", [kinds.timeseries(
        "Made",
        [Query('sum by (outcome) (rate(orders_total{job="orders"}[$__rate_interval]))', "x")],
        description="d",
        unit="ops",
    )])],
)
"""

APPLICATION = """
from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()
Counter("orders_total", "Orders", ["outcome"], registry=REGISTRY).labels("ok").inc()
OTHER = CollectorRegistry()
Counter("users_total", "Users", registry=OTHER).inc()
"""


@pytest.fixture
def orders(workshop: Workshop) -> Workshop:
    """A folder with a definition and an application."""
    workshop.write("orders.py", DEFINITION)
    return workshop


def registry(*labels: str) -> CollectorRegistry:
    made = CollectorRegistry()
    counter = Counter("orders_total", "Orders", list(labels), registry=made)
    (counter.labels(*labels) if labels else counter).inc()
    return made


def test_a_registry_that_has_it_all_feeds_the_dashboards(orders: Workshop, fed: Fed) -> None:
    fed("orders.py", registry=registry("outcome"))


def test_what_is_not_fed_is_told_with_the_way_out(orders: Workshop, fed: Fed) -> None:
    with pytest.raises(pytest.fail.Exception) as caught:
        fed("orders.py", registry=registry("outcom"))
    said = str(caught.value)
    assert "1 of 1 queries are not fed" in said
    assert "orders.py: orders: Made: A: no such label: no series has the label outcome" in said
    assert "did you mean outcom?" in said


def test_what_the_settings_allow_may_be_absent(orders: Workshop, fed: Fed) -> None:
    orders.write("tailboard.toml", '[[may_be_empty]]\npanel = "Made"\nreason = "not yet"\n')
    fed("orders.py", registry=registry("outcom"))


def test_without_a_registry_the_default_one_is_meant(orders: Workshop, fed: Fed) -> None:
    with pytest.raises(pytest.fail.Exception, match="no such metric"):
        fed("orders.py")


def test_metrics_as_text_do_too(orders: Workshop, fed: Fed) -> None:
    orders.write("metrics.txt", 'orders_total{outcome="ok"} 1\n')
    fed(Path("orders.py"), metrics=["metrics.txt"])


def test_the_plugin_is_there_wherever_tailboard_is_installed(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("tailboard")


@pytest.mark.parametrize(("name", "code"), [("REGISTRY", 0), ("OTHER", 1)])
def test_the_command_takes_a_registry_by_its_name(orders: Workshop, name: str, code: int) -> None:
    module = f"application_{name.lower()}"
    orders.write(f"{module}.py", APPLICATION)
    run = orders.tailboard("check", "orders.py", "--registry", f"{module}:{name}")
    assert run.code == code, run.said


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nothing", "does not name a registry"),
        ("no_such_module:REGISTRY", "cannot be imported: ModuleNotFoundError"),
        ("os:nothing", "cannot be imported: AttributeError"),
        ("os:path", "is not a registry of prometheus-client"),
    ],
)
def test_what_is_no_registry_is_refused_with_the_way_out(name: str, problem: str) -> None:
    with pytest.raises(TailboardError, match=problem) as caught:
        exposed(registry_named(name))
    assert caught.value.tip


def test_what_the_application_prints_is_no_data(orders: Workshop) -> None:
    noise = 'import os\nprint("by print")\nos.write(1, b"by descriptor\\n")\n'
    orders.write("noisy_app.py", APPLICATION + noise)
    asked = ("check", "--json", "--registry", "noisy_app:REGISTRY", "orders.py")
    done = orders.child(*asked)
    assert json.loads(done.out)["queries"]
    assert {"by print", "by descriptor"} <= {*done.err.splitlines()}
