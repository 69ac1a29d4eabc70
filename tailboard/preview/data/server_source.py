"""Data of a Prometheus."""

from collections.abc import Mapping, Sequence

from tailboard.check.states import DATA
from tailboard.preview.data.panel_data import MAX_SERIES, DataResult
from tailboard.preview.data.panel_queries import DataRequest, select_panels
from tailboard.preview.panel_tree import DashboardView, PanelPlace
from tailboard.prometheus.client.responses import QueryLimitError, QueryResult, RefusedError
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.server_check import (
    ProgressFactory,
    check_against_server,
    ignore_progress,
)
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.prometheus.variables.values import VariableValues, resolve_variables
from tailboard.publish.errors import TailboardError
from tailboard.publish.parallel import Parallel
from tailboard.queries.subject import build_document_subject


class ServerSource:
    """A Prometheus, which is asked each distinct request once."""

    is_example = False

    def __init__(
        self,
        server: PrometheusServer,
        intervals: Intervals,
        *,
        concurrency: int = 4,
        start_progress: ProgressFactory = ignore_progress,
    ) -> None:
        self.server = server
        self.intervals = intervals
        self.query_count = 0
        self.stop_error: TailboardError | None = None
        self._concurrency = concurrency
        self._start_progress = start_progress
        self._results: dict[DataRequest, DataResult] = {}

    @property
    def now(self) -> float:
        """The server's clock."""
        return self.server.now

    def refresh(self) -> None:
        """Forget all results, and read the server's clock anew."""
        self._results.clear()
        self.stop_error = None
        self.server.refresh_time()

    def resolve_variables(
        self, view: DashboardView, chosen_values: Mapping[str, tuple[str, ...]]
    ) -> VariableValues:
        """The values as Grafana finds them when it opens the dashboard, or as a reader chose."""
        return resolve_variables(
            view.json, self.server, self.intervals.build_variables(), chosen_values
        )

    def fetch(self, requests: Sequence[DataRequest]) -> Mapping[DataRequest, DataResult]:
        """The result of every request; where the server goes away, that is their problem."""
        new_requests = [request for request in requests if request not in self._results]
        advance = self._start_progress("Asking", len(new_requests))
        work = Parallel(self._fetch_one, new_requests, self._concurrency)
        for request, result in work:
            self._results[request] = result
            advance()
        if work.error:
            if not self._results:
                raise work.error
            self.stop_error = work.error
            missing = DataResult(
                problem=f"the server did not answer any more: {work.error.problem}"
            )
            return {request: self._results.get(request, missing) for request in requests}
        return {request: self._results[request] for request in requests}

    def explain_empty(self, view: DashboardView, panels: Sequence[PanelPlace]) -> Mapping[str, str]:
        """What `tailboard check` says of the queries of these panels."""
        document = {**select_panels(view, panels), "annotations": {}}
        subject = build_document_subject(document, "preview")
        try:
            outcome = check_against_server(
                [subject], self.server, self.intervals, concurrency=self._concurrency
            )
        except TailboardError as error:
            reason = f"the server did not answer why: {error.problem}"
            return {
                build_query_key(panel.json, query.place.query): reason
                for panel in subject.panels
                for query in panel.queries
            }
        results_by_place = {result.place: result for result in outcome.results}
        reasons = {}
        for panel in subject.panels:
            for query in panel.queries:
                result = results_by_place.get(query.place)
                if result is not None:
                    words = [result.state if result.state != DATA else "no data in this range"]
                    words += [text for text in (result.problem, result.tip) if text]
                    reasons[build_query_key(panel.json, str(query.target.get("refId", "")))] = (
                        ": ".join(words[:2]) + (f". {words[2]}" if len(words) > 2 else "")
                    )
        return reasons

    def _fetch_one(self, request: DataRequest) -> DataResult:
        self.query_count += 1
        try:
            result = self._query(request)
        except QueryLimitError as error:
            return DataResult(problem=f"too slow or too many series: {error.problem}")
        except RefusedError as error:
            return DataResult(problem=f"query error: {error.problem}")
        count = len(result.series)
        if count > MAX_SERIES:
            count = self._count_series(request, count)
        return DataResult(result.series[:MAX_SERIES], count, notes=result.warnings)

    def _query(self, request: DataRequest) -> QueryResult:
        end, limit = request.time_range.end, MAX_SERIES + 1
        if not request.step:
            return self.server.query_instant(request.expression, limit=limit, time=end)
        return self.server.query_range(
            request.expression, request.time_range.seconds, request.step, limit=limit, end=end
        )

    def _count_series(self, request: DataRequest, count: int) -> int:
        """How many series there are, where the server may have left some out."""
        if count > MAX_SERIES + 1:
            return count
        try:
            series = self.server.query_instant(
                f"count({request.expression})", time=request.time_range.end
            ).series
        except RefusedError:
            return count
        return max(count, series[0].last_count if series else 0)


def build_query_key(panel: Mapping[str, object], ref_id: str) -> str:
    """A name for a query of a panel within its dashboard."""
    return f"{panel.get('id')} {panel.get('title')} {ref_id}"
