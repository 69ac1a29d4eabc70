"""Thirty days of one service in a server: raw series of the last days, recorded ones of all.

Only the number of samples counts here, so that the recorded series are constant.
"""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.alerting.services import JsonObject, RuleFile
from benchmarks.loading.remote_write import encode_samples, encode_series, encode_times
from benchmarks.loading.server import PrometheusServer
from benchmarks.loading.services import END_TIME
from tests.alerts.timelines import JOB

SCRAPE_INTERVAL = 30
EVALUATION_INTERVAL = 60
DAY = 86_400
RAW_DAYS = 3
"""The longest window that any of the rules reads from raw series."""

RECORDED_DAYS = 30

INSTANCES = ("a:8000", "b:8000")
ROUTES = ("/orders", "/orders/{id}", "/users/{id}")
SHARES_BY_STATUS = {"200": 0.999, "500": 0.001}
SHARES_BY_BOUND = {
    **{"0.005": 0.1, "0.01": 0.2, "0.025": 0.4, "0.05": 0.6, "0.075": 0.7, "0.1": 0.8},
    **{"0.25": 0.9, "0.5": 0.98, "0.75": 0.99, "1.0": 0.998, "2.5": 0.999, "5.0": 0.9995},
    **{"7.5": 0.9998, "10.0": 0.9999, "+Inf": 1.0},
}
REQUESTS_PER_SCRAPE = 100 * SCRAPE_INTERVAL


def write_history(
    server: PrometheusServer, files: list[RuleFile], report_progress: Callable[[str], None]
) -> None:
    """Write the raw series, then what the rules of all files would have recorded."""
    report_progress(f"writing {RAW_DAYS} days of raw series")
    for encoded_series in _generate_raw_series():
        server.write_series(encoded_series)
    known_series = set[frozenset[tuple[str, str]]]()
    for rules in files:
        report_progress(f"writing {RECORDED_DAYS} days of what the rules of {rules.title} record")
        for rule in list_rules(rules):
            if "record" in rule:
                _write_recorded(server, rule, known_series)


def list_rules(rules: RuleFile) -> Iterator[JsonObject]:
    """Every rule with the `interval` of its group, in the order of their evaluation."""
    for group in rules.groups:
        for rule in group["rules"]:
            yield {**rule, "interval": group.get("interval", f"{EVALUATION_INTERVAL}s")}


def _write_recorded(
    server: PrometheusServer, rule: JsonObject, known_series: set[frozenset[tuple[str, str]]]
) -> None:
    """The series that a rule records, each with its present value all the time, and once."""
    times = range(END_TIME - RECORDED_DAYS * DAY, END_TIME + 1, EVALUATION_INTERVAL)
    at = encode_times(times)
    answer = server.query_instant(rule["expr"], END_TIME)
    for result in answer.series:
        labels = {**result["metric"], **rule.get("labels", {}), "__name__": rule["record"]}
        if (series := frozenset(labels.items())) in known_series:
            continue
        known_series.add(series)
        packed = encode_samples([float(result["value"][1])] * len(times), at)
        server.write_series(encode_series(labels, packed))


def _generate_raw_series() -> Iterator[bytes]:
    times = range(END_TIME - RAW_DAYS * DAY, END_TIME + 1, SCRAPE_INTERVAL)
    at = encode_times(times)

    def encode(labels: Mapping[str, str], share: float) -> bytes:
        growth = REQUESTS_PER_SCRAPE * share / len(INSTANCES) / len(ROUTES)
        values = [float(round(growth * number)) for number in range(len(times))]
        return encode_series(labels, encode_samples(values, at))

    for instance in INSTANCES:
        target = {"job": JOB, "instance": instance}
        yield encode_series({"__name__": "up", **target}, encode_samples([1.0] * len(times), at))
        for route in ROUTES:
            labels = {**target, "endpoint": route, "method": "GET"}
            for status, share in SHARES_BY_STATUS.items():
                yield encode(
                    {"__name__": "http_requests_total", "http_status": status, **labels}, share
                )
            duration = "http_request_duration_seconds"
            for bound, share in SHARES_BY_BOUND.items():
                yield encode({"__name__": f"{duration}_bucket", "le": bound, **labels}, share)
            yield encode({"__name__": f"{duration}_count", **labels}, 1)
