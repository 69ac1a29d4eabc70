"""A recorded series whose name promises a label that its expression drops.

The habit is level:metric:operations: `job:errors:rate5m` has the label job, and readers of the
name group by it.

Bad: `record: job:errors:rate5m` with `expr: sum(rate(errors_total[5m]))`
Good: `record: job:errors:rate5m` with `expr: sum by (job) (rate(errors_total[5m]))`

Exclude it where names of another habit are used.
"""

from collections.abc import Iterator, Sequence

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.subject import Subject

LEVELS = {"instance", "job", "namespace", "node", "pod", "path", "route", "service"}
"""The labels that are common as the level of a name; other words may be anything."""


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    reader = LabelReader(find_recordings(rules))
    for query, rule in rules:
        level, separator, _ = str(rule.get("record") or "").partition(":")
        if not separator or level not in LEVELS or query.expression.problem:
            continue
        added_labels = rule.get("labels") or {}
        if level not in added_labels and not reader.infer_labels(
            query.expression.tree
        ).has_possible_label(level):
            yield (
                f"it is called after the label {level}, which its expression drops",
                f"keep it, `by ({level})`, or name the series for what it has.",
                query.place,
            )


RULE = LintRule(
    "recording-level",
    "warning",
    "a recorded series called after a label that it has not",
    __doc__,
    check_run=_check_run,
)
