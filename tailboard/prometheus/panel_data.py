"""Which panels of a document have data, asked through Grafana's own data source.

https://grafana.com/docs/grafana/latest/developers/http_api/data_source/#query-a-data-source
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.prometheus.client.responses import QueryLimitError, RefusedError
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.variables.expansion import ExpandedQuery, expand_queries
from tailboard.prometheus.variables.intervals import DASHBOARD_RANGE, Intervals
from tailboard.publish.closeable import Closeable
from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.grafana.server import Grafana
from tailboard.queries.subject import Panel, build_document_subject

QUERY_PATH = "/api/ds/query"
BATCH_SIZE = 20
"""How many queries are in one request."""

MAX_POINTS = 60
PanelKey = tuple[str, str]
"""The uid of a dashboard, and the id of a panel or the title of one without."""


@dataclass(frozen=True)
class PanelData:
    """Whether a panel has data; `error` is what the data source said of a query."""

    title: str
    has_data: bool
    error: str = ""


class PanelReader(Closeable):
    """Asks the queries of panels through one data source of a Grafana, until a deadline.

    `is_complete` is false once something could not be asked in time.
    """

    def __init__(
        self, grafana: Grafana, source_uid: str, intervals: Intervals, seconds: float
    ) -> None:
        self._grafana = grafana
        self._source_uid = source_uid
        self._intervals = intervals
        self._deadline = time.monotonic() + seconds
        self._server: PrometheusServer | None = None
        self.is_complete = True

    def read_panels(self, uid: str, document: Mapping[str, Any]) -> dict[PanelKey, PanelData]:
        """The panels of a document with what they have; none of those that could not be asked.

        Raises `TailboardError` where the data source may not be asked at all.
        """
        if time.monotonic() >= self._deadline:
            self.is_complete = False
            return {}
        subject = build_document_subject(document, uid)
        try:
            expanded_queries = expand_queries(subject, self._find_server(), self._intervals)
        except (QueryLimitError, RefusedError, ServerError):
            self.is_complete = False
            return {}
        panels = {query.place: panel for panel in subject.panels for query in panel.queries}
        queries = [
            (panels[expanded.query.place], expanded)
            for expanded in expanded_queries
            if expanded.query.place in panels and not expanded.empty_reason
        ]
        return self._ask_queries(uid, queries)

    def _ask_queries(
        self, uid: str, queries: Sequence[tuple[Panel, ExpandedQuery]]
    ) -> dict[PanelKey, PanelData]:
        results: dict[PanelKey, PanelData] = {}
        for start in range(0, len(queries), BATCH_SIZE):
            if time.monotonic() >= self._deadline:
                self.is_complete = False
                break
            batch = queries[start : start + BATCH_SIZE]
            answers = self._send_batch([expanded.query.text for _, expanded in batch])
            for (panel, _), (has_data, error) in zip(batch, answers, strict=False):
                key = (uid, _build_panel_key(panel))
                previous = results.get(key)
                results[key] = PanelData(
                    panel.place.panel,
                    has_data or bool(previous and previous.has_data),
                    error or (previous.error if previous else ""),
                )
        return results

    def _send_batch(self, texts: Sequence[str]) -> list[tuple[bool, str]]:
        """Whether each query has data, and its error; empty where the server did not answer."""
        queries = [
            {
                "datasource": {"type": "prometheus", "uid": self._source_uid},
                "expr": text,
                "instant": False,
                "intervalMs": round(1000 * DASHBOARD_RANGE / MAX_POINTS),
                "maxDataPoints": MAX_POINTS,
                "range": True,
                "refId": f"Q{number}",
            }
            for number, text in enumerate(texts)
        ]
        body = {"from": f"now-{round(DASHBOARD_RANGE)}s", "queries": queries, "to": "now"}
        try:
            response = self._grafana.connection.request("POST", QUERY_PATH, json=body)
        except NotAllowedError:
            raise
        except TailboardError:
            self.is_complete = False
            return []
        if response.status == 403:
            raise NotAllowedError(
                f"asking the data source is not allowed (403): {response.message}",
                tip="give the service account the permission Query on it, or leave "
                "--verify-panels out.",
            )
        answers = list(_parse_answers(response.body, len(texts)))
        if len(answers) < len(texts):
            self.is_complete = False
        return answers

    def _find_server(self) -> PrometheusServer:
        """The data source as a Prometheus, for the values of variables."""
        if self._server is None:
            path = f"/api/datasources/proxy/uid/{quote(self._source_uid, safe='')}"
            self._server = PrometheusServer(self._grafana.open_connection(path))
        return self._server

    def close(self) -> None:
        """Give the connections back."""
        if self._server:
            self._server.close()


def _build_panel_key(panel: Panel) -> str:
    number = panel.json.get("id")
    return str(number) if type(number) is int else panel.place.panel


def _parse_answers(body: Any, count: int) -> Iterator[tuple[bool, str]]:
    """What Grafana says of each query, also where one of them fails and the status says so."""
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, dict):
        return
    for number in range(count):
        result = results.get(f"Q{number}")
        result = result if isinstance(result, dict) else {}
        frames = result.get("frames")
        frames = frames if isinstance(frames, list) else []
        error = " ".join(str(result.get("error") or "").split())[:300]
        yield any(map(_has_values, frames)), error


def _has_values(frame: Any) -> bool:
    """Whether a frame has any number: its first column is the time."""
    data = frame.get("data") if isinstance(frame, dict) else None
    columns = data.get("values") if isinstance(data, dict) else None
    if not isinstance(columns, list):
        return False
    return any(
        value is not None for column in columns[1:] if isinstance(column, list) for value in column
    )
