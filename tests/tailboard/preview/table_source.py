"""A data source that gives what a test says, whatever is asked."""

from collections.abc import Callable, Mapping, Sequence

from tailboard.preview.data.panel_data import DataResult
from tailboard.preview.data.panel_queries import DataRequest
from tailboard.preview.panel_tree import DashboardView, PanelPlace
from tailboard.prometheus.client.responses import ResultSeries
from tailboard.prometheus.variables.interpolation import VariableValue
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.prometheus.variables.values import VariableValues
from tailboard.publish.errors import TailboardError

NOW = 1_767_268_800.0
Values = Sequence[float | None]


class TableSource:
    """Series by the values of their points, the last one at the end of the range."""

    is_example = False
    intervals = Intervals()
    now = NOW
    query_count = 0
    stop_error: TailboardError | None = None

    def __init__(
        self,
        series: Mapping[str, Values] | None = None,
        *,
        label: str = "instance",
        result: DataResult | None = None,
        variables: Mapping[str, tuple[str, ...]] | None = None,
        reason: str = "",
    ) -> None:
        self._series = series or {}
        self._label = label
        self._result = result
        self._variables = variables or {}
        self._reason = reason
        self.requests: list[DataRequest] = []

    def refresh(self) -> None:
        """Nothing changes."""

    def resolve_variables(
        self, view: DashboardView, chosen_values: Mapping[str, tuple[str, ...]]
    ) -> VariableValues:
        values = {**self._variables, **chosen_values}
        return VariableValues(
            {name: VariableValue(options, is_multi=True) for name, options in values.items()}
        )

    def fetch(self, requests: Sequence[DataRequest]) -> Mapping[DataRequest, DataResult]:
        self.requests += requests
        return {request: self._result or self._build_result(request) for request in requests}

    def explain_empty(self, view: DashboardView, panels: Sequence[PanelPlace]) -> Mapping[str, str]:
        return _AnyKey(lambda: self._reason)

    def _build_result(self, request: DataRequest) -> DataResult:
        step = request.step or 15.0
        end = request.time_range.end
        series = tuple(
            ResultSeries(
                {self._label: name} if name else {},
                tuple(
                    (end - step * (len(values) - 1 - index), value)
                    for index, value in enumerate(values)
                    if value is not None
                ),
            )
            for name, values in self._series.items()
        )
        return DataResult(series, len(series))


class _AnyKey(dict[str, str]):
    def __init__(self, get_reason: Callable[[], str]) -> None:
        super().__init__()
        self._get_reason = get_reason

    def get(self, key: str, default: object = None) -> str:
        return self._get_reason()
