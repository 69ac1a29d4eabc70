"""A client of an orders API on a real port, and its metrics."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from prometheus_client.parser import text_string_to_metric_families

Sample = tuple[str, frozenset[tuple[str, str]]]


class VirtualTime:
    """A clock that advances only in `delay`."""

    def __init__(self) -> None:
        self.now = 0.0

    def delay(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


@dataclass
class OrdersApiClient:
    """The orders API behind a real port."""

    url: str
    session: requests.Session

    def send_call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> int:
        """Send a request and return the answer's status."""
        return self.session.request(method, self.url + path, json=body, timeout=10).status_code

    def switch_faults(self, **faults: object) -> None:
        """Change faults."""
        assert self.send_call("POST", "/demo/faults", faults) == 200

    def scrape_metrics(self) -> dict[Sample, float]:
        """Return every sample by its name and labels."""
        return parse_samples(self.session.get(f"{self.url}/metrics", timeout=10).text)

    @contextmanager
    def measure_changes(self) -> Iterator[dict[Sample, float]]:
        """Collect by how much each sample changes in the block; the registry outlives a test."""
        changes: dict[Sample, float] = {}
        before = self.scrape_metrics()
        yield changes
        after = self.scrape_metrics()
        changes.update({key: value - before.get(key, 0.0) for key, value in after.items()})


def parse_samples(exposition: str) -> dict[Sample, float]:
    """Parse an exposition, without the `_created` series that the demo switches off."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def list_label_values(scraped: Mapping[Sample, float], label: str) -> set[str]:
    """Return every value of a label."""
    return {value for _, labels in scraped for name, value in labels if name == label}
