"""Fifteen minutes of the load that a real program had, for promtool to evaluate rules with.

Every counter of the program grows by its average rate since the start, every gauge keeps its value,
also one that is the difference of two counters, and a Unix time stays as long ago as it was.
"""

import time
from pathlib import Path

import yaml

from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.metric import Difference
from tests.alerts.sample_services import run_promtool
from tests.live.prometheus_server import Labels, Prometheus

INTERVAL = 15
MINUTES = 15
COUNTER_SUFFIXES = ("_total", "_bucket", "_count", "_sum")
SUBTRAHENDS = {
    metric.name: metric.minus
    for convention in CONVENTIONS
    for metric in convention.metrics.values()
    if isinstance(metric, Difference)
}
MAX_AGE = 86_400
"""Seconds: a gauge that differs from the time by less is a Unix time."""


def run_steady_load(prometheus: Prometheus, job: str, rule_files: list[Path], promtool: str) -> str:
    """What promtool says of an alert that fires while the job goes on as it did; else nothing."""
    document = {
        "rule_files": [str(path.resolve()) for path in rule_files],
        "evaluation_interval": f"{INTERVAL}s",
        "tests": [
            {
                "interval": f"{INTERVAL}s",
                "input_series": _build_input_series(prometheus, job),
                "promql_expr_test": [
                    {
                        "expr": "count by (alertname) (count_over_time("
                        f'ALERTS{{alertstate="firing"}}[{MINUTES}m]))',
                        "eval_time": f"{MINUTES}m",
                        "exp_samples": [],
                    }
                ],
            }
        ],
    }
    path = Path("steady_load.yaml")
    path.write_text(yaml.safe_dump(document), "utf-8")
    return run_promtool(promtool, "test", "rules", path)


def _build_input_series(prometheus: Prometheus, job: str) -> list[dict[str, str]]:
    now = time.time()
    scrape_counts = prometheus.query(f'max(sum_over_time(up{{job="{job}"}}[1h]))')
    seconds = scrape_counts[0][1] if scrape_counts else None  # there is a scrape a second
    samples = prometheus.query(f'{{job="{job}"}}')
    values = {_format_series(labels): value for labels, value in samples}
    return [
        {
            "series": series,
            "values": _format_values(
                labels["__name__"], value, now, seconds, values.get(_format_subtrahend(labels))
            ),
        }
        for (labels, value), series in zip(samples, values, strict=True)
    ]


def _format_subtrahend(labels: Labels) -> str:
    """The counter that is subtracted from this one; empty where none is."""
    name = SUBTRAHENDS.get(labels["__name__"])
    return _format_series({**labels, "__name__": name}) if name else ""


def _format_series(labels: Labels) -> str:
    name = labels["__name__"]
    pairs = (
        f'{label}="{_escape(value)}"' for label, value in labels.items() if label != "__name__"
    )
    return f"{name}{{{','.join(pairs)}}}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _format_values(
    name: str, value: float, now: float, seconds: float | None, subtrahend: float | None
) -> str:
    """The samples in promtool's notation; what was pushed keeps its value, also of a counter."""
    count = MINUTES * 60 // INTERVAL
    if seconds is not None and name.endswith(COUNTER_SUFFIXES):
        total = value if subtrahend is None else subtrahend
        return f"{value - total:.9f}+{total / seconds * INTERVAL:.9f}x{count}"
    if abs(now - value) < MAX_AGE and name != "process_start_time_seconds":
        return f"{value - now:.0f}+{INTERVAL}x{count}"
    return f"{value:.9f}+0x{count}"
