"""Fill the server before the measurement: raw series, and the series of the recording rules."""

from collections.abc import Callable

from benchmarks.loading.instances import generate_instances
from benchmarks.loading.remote_write import encode_samples, encode_series, encode_times
from benchmarks.loading.server import PrometheusServer
from benchmarks.loading.services import END_TIME, RAW_SERVICE, SCRAPE_INTERVAL, TIME_RANGE
from tailboard.alerts import rules_of
from tailboard.alerts.rule import RecordingRule

RATE_RULES = rules_of(RAW_SERVICE).rates


def write_history(
    server: PrometheusServer, instances: int, report_progress: Callable[[str], None]
) -> None:
    """Write the history of `instances`, then evaluate every recording rule over it.

    As `promtool tsdb create-blocks-from rules` does, this has the same result as rules that were
    evaluated every 15 seconds while the samples were scraped.
    """
    for number, series_bytes in enumerate(generate_instances(instances)):
        if not number % 10:
            report_progress(f"writing the history of {instances} instances: {number}")
        server.write_series(series_bytes)
    for rule in RATE_RULES:
        report_progress(f"recording {rule.name}")
        server.write_series(_evaluate_rule(server, rule))


def _evaluate_rule(server: PrometheusServer, rule: RecordingRule) -> bytes:
    answer = server.query_range(rule.expression, END_TIME - TIME_RANGE, END_TIME, SCRAPE_INTERVAL)
    return b"".join(
        encode_series(
            {**result["metric"], **rule.labels, "__name__": rule.name},
            encode_samples(
                [float(value) for _, value in result["values"]],
                encode_times(at for at, _ in result["values"]),
            ),
        )
        for result in answer.series
    )
