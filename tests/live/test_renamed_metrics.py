"""Renamed queries on a real Prometheus: the numbers before, during and after a switch are the same.

`truth` is what a program exposes all the time. `old` and `new` are the same under two names, in two
units and with two names of a label; both are there for a while in the middle.
"""

import subprocess
import time
from collections.abc import Iterator

import pytest
import requests

from tailboard.rename.expression import rewrite_expression
from tailboard.rename.renames import parse_renames
from tests.live.processes import ChildProcesses
from tests.live.prometheus_server import Prometheus, start_prometheus
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

HISTORY, SCRAPE_INTERVAL = 5400, 15
FIRST_NEW, LAST_OLD = 3600, 1800
"""Seconds ago at which the new name came, and the old one went."""

MOMENTS = {"before": 4500, "during": 2400, "after": 300}
"""Seconds ago: in the middle of each phase, further from its beginning than any window."""

BOUNDS = {"100.5": 0.2, "500.5": 0.7, "2000.5": 0.9, "+Inf": 1.0}
"""Bounds in milliseconds, which both versions write so, with the share of the calls below each."""

INSTANCES = {("a:1", "/orders"): 4.0, ("a:1", "/items"): 9.0, ("b:1", "/orders"): 6.0}
"""Calls a second of each series."""

EXPRESSIONS = (
    "sum by (path) (rate(truth_count[5m]))",
    'sum(rate(truth_count{path="/orders"}[5m]))',
    "histogram_quantile(0.9, sum by (le, path) (rate(truth_bucket[5m])))",
    "sum(rate(truth_sum[5m])) / sum(rate(truth_count[5m]))",
    'sum(rate(truth_bucket{le="500.5"}[5m])) / sum(rate(truth_count[5m]))',
    "truth_gauge",
    "max by (path) (max_over_time(truth_gauge[10m]))",
    "max_over_time(avg(truth_gauge)[10m:1m])",
    "count(truth_gauge > 250)",
    "topk(1, sum by (path) (rate(truth_sum[5m])))",
    "sum(truth_gauge) / on () sum(up)",
    'absent(truth_gauge{path="/none"})',
    'absent(truth_gauge{path="/items"}) or vector(0)',
    "avg(truth_gauge) > 250",
)


def build_openmetrics(now: int) -> str:
    """The history under all names as OpenMetrics, which promtool makes into blocks."""
    lines = []
    moments = range(now - HISTORY, now + 1, SCRAPE_INTERVAL)
    for name, label, factor in (("truth", "path", 1), ("old", "path", 1), ("new", "route", 0.001)):
        phase = [
            at
            for at in moments
            if name == "truth"
            or (name == "old" and now - at > LAST_OLD)
            or (name == "new" and now - at <= FIRST_NEW)
        ]
        lines.append(f"# TYPE {name} histogram")
        for (instance, path), rate in INSTANCES.items():
            labels = f'instance="{instance}",{label}="{path}"'
            for at in phase:
                count = rate * (at - now + HISTORY)
                for bound, share in BOUNDS.items():
                    limit = bound if bound == "+Inf" else f"{float(bound) * factor:g}"
                    lines.append(f'{name}_bucket{{{labels},le="{limit}"}} {count * share} {at}')
                lines.append(f"{name}_sum{{{labels}}} {count * 300 * factor} {at}")
                lines.append(f"{name}_count{{{labels}}} {count} {at}")
        lines.append(f"# TYPE {name}_gauge gauge")
        for (instance, path), rate in INSTANCES.items():
            labels = f'instance="{instance}",{label}="{path}"'
            lines += [
                f"{name}_gauge{{{labels}}} {(100 + 40 * rate + at % 7) * factor} {at}"
                for at in phase
            ]
    lines.append("# TYPE up gauge")
    lines += [
        f'up{{instance="{instance}"}} 1 {at}' for instance in ("a:1", "b:1") for at in moments
    ]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module", params=PROMETHEUS_VERSIONS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Prometheus, int]]:
    programs = require_prometheus(request.param)
    folder = tmp_path_factory.mktemp("renamed")
    now = int(time.time())
    (folder / "history").write_text(build_openmetrics(now))
    command = [programs.promtool, "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run(
        [*command, str(folder / "history"), str(folder / "data")], check=True, capture_output=True
    )
    with ChildProcesses(folder) as children:
        yield (
            start_prometheus(children, {}, programs=programs, data_folder=folder / "data"),
            now,
        )


def query(server: Prometheus, expression: str, moment: int) -> dict[frozenset[str], float]:
    """The result of an expression by its labels; the old name of the label is the new one."""
    response = requests.get(
        f"{server.url}/api/v1/query", {"query": expression, "time": str(moment)}, timeout=10
    )
    assert response.status_code == 200, response.text
    return {
        frozenset(
            f"{'route' if label == 'path' else label}={value}"
            for label, value in series["metric"].items()
            if label != "__name__"
        ): float(series["value"][1])
        for series in response.json()["data"]["result"]
    }


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_both_names_give_the_same_numbers_before_during_and_after_a_switch(
    server: tuple[Prometheus, int], text: str
) -> None:
    prometheus, now = server
    renames = parse_renames(
        ["old=new", "old_gauge=new_gauge"], ["path=route"], "ms=s", is_both=True
    )
    old_text = text.replace("truth", "old")
    same_text = rewrite_expression(old_text, renames).text
    scaled = rewrite_expression(old_text, renames, is_value_kept=False)
    for phase, ago in MOMENTS.items():
        expected = query(prometheus, text, now - ago)
        assert query(prometheus, same_text, now - ago) == pytest.approx(expected), phase
        scaled_result = query(prometheus, scaled.text, now - ago)
        factor = 0.001**scaled.degree
        assert scaled_result == pytest.approx(
            {labels: value * factor for labels, value in expected.items()}
        ), phase


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_new_name_alone_gives_the_same_numbers_after_the_switch(
    server: tuple[Prometheus, int], text: str
) -> None:
    prometheus, now = server
    renames = parse_renames(
        ["old=new", "old_gauge=new_gauge"], ["path=route"], "ms=s", is_both=False
    )
    moment = now - MOMENTS["after"]
    new_text = rewrite_expression(text.replace("truth", "old"), renames).text
    assert query(prometheus, new_text, moment) == pytest.approx(query(prometheus, text, moment))
