"""The labels that Prometheus gives to targets, which differ from job to job."""

from collections.abc import Iterable, Mapping

from tailboard.check.selectors import TARGET_LABELS
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.targets.selection import (
    MATCH_ALL,
    MAX_VALUE_LENGTH,
    Matcher,
    Selection,
    format_selector,
)
from tailboard.queries.parser.promql import Selector

NAME = "__name__"

LabelNames = frozenset[str]


class TargetLabels:
    """A cache of the queries about the labels of a server's targets."""

    def __init__(self, server: PrometheusServer) -> None:
        self._server = server
        self._names_by_matchers: dict[tuple[Matcher, ...], LabelNames] = {}

    @property
    def all_names(self) -> LabelNames:
        """Those that any target has."""
        return self.fetch_names(())

    def fetch_names(self, matchers: Iterable[Matcher]) -> LabelNames:
        """Those of the targets that these matchers choose by job and instance.

        Where there are no such targets, as of what was pushed, those that any has.
        """
        target_matchers = tuple(
            sorted(
                matcher
                for matcher in set(matchers)
                if matcher[0] in TARGET_LABELS and _is_selective(matcher)
            )
        )
        if target_matchers not in self._names_by_matchers:
            names = self._server.fetch_label_names(format_selector(target_matchers, "up"))
            label_names = frozenset(names).union(TARGET_LABELS) - {NAME}
            self._names_by_matchers[target_matchers] = (
                label_names if names or not target_matchers else self.all_names
            )
        return self._names_by_matchers[target_matchers]

    def fetch_names_for_series(self, labels: Mapping[str, str]) -> LabelNames:
        """Those of the job that a series is of."""
        return self.fetch_names((("job", "=", labels.get("job", "")),))

    def build_selection(self, selector: Selector) -> Selection:
        """The targets of a selector."""
        label_names = self.fetch_names(selector.matchers)
        target_matchers = (
            matcher
            for matcher in set(selector.matchers)
            if matcher[0] in label_names and _is_selective(matcher)
        )
        return Selection(tuple(sorted(target_matchers)))


def _is_selective(matcher: Matcher) -> bool:
    return matcher[1:] not in MATCH_ALL and len(matcher[2]) <= MAX_VALUE_LENGTH
