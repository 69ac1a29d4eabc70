"""The labels that Prometheus gives to targets, which differ from job to job."""

from collections.abc import Iterable, Mapping

from tailboard.check.selecting import EVERYWHERE
from tailboard.prometheus.selection import EVERYTHING, LONGEST, Matcher, Selection, selector
from tailboard.prometheus.server import Server
from tailboard.queries.promql_reading import Series

NAME = "__name__"

Labels = frozenset[str]


class TargetLabels:
    """What a server was asked about the labels of its targets, each question once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[tuple[Matcher, ...], Labels] = {}

    @property
    def of_any(self) -> Labels:
        """Those that any target has."""
        return self.of(())

    def of(self, matchers: Iterable[Matcher]) -> Labels:
        """Those of the targets that these matchers choose by job and instance.

        Where there are no such targets, as of what was pushed, those that any has.
        """
        by = tuple(sorted(it for it in set(matchers) if it[0] in EVERYWHERE and _chooses(it)))
        if by not in self._known:
            found = self._server.labels(selector(by, "up"))
            labels = frozenset(found).union(EVERYWHERE) - {NAME}
            self._known[by] = labels if found or not by else self.of_any
        return self._known[by]

    def of_series(self, labels: Mapping[str, str]) -> Labels:
        """Those of the job that a series is of."""
        return self.of((("job", "=", labels.get("job", "")),))

    def selection(self, asked: Series) -> Selection:
        """The targets of a selector."""
        known = self.of(asked.matchers)
        chosen = (it for it in set(asked.matchers) if it[0] in known and _chooses(it))
        return Selection(tuple(sorted(chosen)))


def _chooses(matcher: Matcher) -> bool:
    return matcher[1:] not in EVERYTHING and len(matcher[2]) <= LONGEST
