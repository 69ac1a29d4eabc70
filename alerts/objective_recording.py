"""Recording rules of one objective: its requests, the bad ones, their ratio over each window.

Up to six hours the rates come from the metrics: exact, through gaps of scraping, and with the
history that Prometheus has when the rules are loaded. Beyond, they are sums of what was recorded.
"""

import dataclasses
from collections.abc import Iterator

from tailboard.alerts import significance
from tailboard.alerts.rule import RecordingRule
from tailboard.panels import promql
from tailboard.panels.concept import REQUESTS
from tailboard.panels.duration import parse_duration
from tailboard.panels.metric import Gauge, Histogram, Total
from tailboard.panels.objective import (
    BURN_RATE_ALERTS,
    BURN_RATE_WINDOWS,
    LONGEST_RAW_WINDOW,
    Objective,
    build_bad_rate,
    build_burn_rate,
    build_request_rate,
    select_recording,
)
from tailboard.panels.record import record
from tailboard.panels.recording import SERVICE_LABEL, WINDOW
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

NAME = "objective_recording"

RATIO_INTERVAL = "1m"
"""How often the ratios are computed: their windows are long."""

BUDGET_INTERVAL = "4m"
"""How often the ratio over an objective's own window is computed, which no alert reads.

Each computation reads all of the window, as 43,200 samples of 30 days. A series is seen for five
minutes after its last sample: beyond that, panels would show gaps.
"""

HISTORY_SHARE = 0.5
"""How much of a window of days has to be recorded before there is a ratio over it."""

PAGE_WINDOWS = frozenset(
    window
    for burn_alert in BURN_RATE_ALERTS
    if burn_alert.is_paging
    for window in (burn_alert.long_window, burn_alert.short_window)
)
"""The windows whose bad requests have to be more than chance brings before anybody is paged."""


def build_objective_rules(service: Service, objective: Objective) -> Iterator[RecordingRule]:
    """What is recorded of an objective, in the order in which the rules read each other."""
    yield from _ObjectiveRecorder(service.as_recorded(), objective).build_rules()


def is_recorded_window(window: str) -> bool:
    """Whether a window is so long that its ratio is a sum of recorded rates."""
    return parse_duration(window) > parse_duration(LONGEST_RAW_WINDOW)


def find_required_history(window: str) -> str:
    """How much has to be recorded before there is a ratio over a window of days."""
    return f"{int(parse_duration(window) * HISTORY_SHARE / 3600)}h"


@record
class _ObjectiveRecorder:
    service: Service
    objective: Objective

    def build_rules(self) -> Iterator[RecordingRule]:
        windows = dict.fromkeys((*BURN_RATE_WINDOWS, self.service.objectives.window))
        if self._has_first_values:
            yield from self._build_first_values()
        for window in windows:
            if not is_recorded_window(window):
                yield from self._build_raw_window(window)
        for window in windows:
            if is_recorded_window(window):
                yield self._build_rule(
                    f"bad_requests:ratio_rate{window}",
                    self._build_recorded_ratio(window),
                    RATIO_INTERVAL if window in BURN_RATE_WINDOWS else BUDGET_INTERVAL,
                )

    def _build_rule(
        self, name: str, expression: str, interval: str = RATIO_INTERVAL
    ) -> RecordingRule:
        return RecordingRule(
            self._select(name).metric.name,
            promql.strip_parentheses(expression),
            {SERVICE_LABEL: self.service.slug, "objective": self.objective.name},
            interval,
        )

    def _select(self, name: str) -> Selection[Gauge]:
        return select_recording(self.service, self.objective, name)

    def _read(self, name: str) -> str:
        """A recorded value with the labels of a rate from the metrics."""
        return promql.aggregate_gauge(self._select(name), self.service.by)

    @property
    def _raw_service(self) -> Service:
        return dataclasses.replace(self.service, recorded=False)

    @property
    def _has_first_values(self) -> bool:
        """Whether failures have series of their own, which may begin with them.

        Native histograms and counters in parts are left to `rate`.
        """
        if self.objective.seconds is not None:
            return False
        requests = self._raw_service.select_concept(REQUESTS, NAME)
        is_native = isinstance(requests.metric, Histogram) and requests.histograms != "classic"
        return not is_native and not isinstance(requests.metric, Total)

    def _build_first_values(self) -> Iterator[RecordingRule]:
        """What `rate` does not see of new series; 0 while nothing is scraped."""
        by = self.service.by
        requests = self._raw_service.select_concept(REQUESTS, NAME)
        failed_requests = requests.filter_failures(NAME)
        recorded_values = promql.aggregate_over_time(
            "last", self._select(f"requests:first_values{WINDOW}"), LONGEST_RAW_WINDOW
        )
        zero = f"0 * {promql.aggregate('sum', recorded_values, by)}"
        for name, selection in (("requests", requests), ("bad_requests", failed_requests)):
            first_values = promql.sum_first_values(selection, requests, by)
            yield self._build_rule(f"{name}:first_values{WINDOW}", f"{first_values} or {zero}")

    def _build_raw_window(self, window: str) -> Iterator[RecordingRule]:
        request_rate = build_request_rate(self._raw_service, self.objective, NAME, window)
        yield self._build_rate("requests", window, request_rate)
        yield self._build_rate("bad_requests", window, self._build_bad_rate(window))
        requests, bad_requests = (
            promql.select_series(self._select(f"{name}:rate{window}"))
            for name in ("requests", "bad_requests")
        )
        yield self._build_rule(
            f"bad_requests:ratio_rate{window}", promql.ratio(bad_requests, requests)
        )
        if window in PAGE_WINDOWS:
            burn_rate = build_burn_rate(self.service, self.objective, NAME, window)
            chance = significance.build_chance(
                f"({bad_requests} * {int(parse_duration(window))})",
                promql.filter_above(burn_rate, 1),
            )
            yield self._build_rule(f"bad_requests:chance{window}", chance)

    def _build_rate(self, name: str, window: str, rate: str) -> RecordingRule:
        if self._has_first_values:
            first_values = self._read(f"{name}:first_values{WINDOW}")
            rate += f" + on {promql.format_labels(self.service.by)} "
            rate += f"{first_values} / {int(parse_duration(window))}"
        return self._build_rule(f"{name}:rate{window}", rate)

    def _build_bad_rate(self, window: str) -> str:
        if self.objective.seconds is not None:
            return build_bad_rate(self._raw_service, self.objective, NAME, window)
        failed_requests = self._raw_service.select_concept(REQUESTS, NAME).filter_failures(NAME)
        failure_rate = promql.rate(failed_requests, self.service.by, window)
        return promql.union(failure_rate, f"0 * {self._read(f'requests:rate{window}')}")

    def _build_recorded_ratio(self, window: str) -> str:
        """The ratio over days, of sums of recorded rates, so that each request counts once.

        In the windows that alerts read there is none before half of the window is recorded: ten
        minutes of new rules do not stand for three days.
        """
        requests, bad_requests = (
            self._select(f"{name}:rate{WINDOW}") for name in ("requests", "bad_requests")
        )
        total = promql.aggregate_over_time("sum", requests, window)
        ratio = f"{promql.aggregate_over_time('sum', bad_requests, window)} / ({total} > 0)"
        if window not in BURN_RATE_WINDOWS:
            return ratio
        history = promql.aggregate_over_time("count", requests, "1h", find_required_history(window))
        return promql.filter_by_guards(ratio, history, by=self.service.by)
