"""Two sides of an operator whose labels can never be the same: nothing matches.

Without `on` or `ignoring` series match where all their labels are the same. `sum by (job)` and
`sum by (job, pod)` never are, and neither has a side that was aggregated without a label what `on`
asks for.

Bad: `sum by (job, pod) (errors) / sum by (job) (requests)`
Good: `sum by (job, pod) (errors) / on (job) group_left () sum by (job) (requests)`

Exclude it where the labels that differ are always empty.
"""

from collections.abc import Iterator, Sequence

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.analysis.vector_matching import Mismatch, find_mismatches
from tailboard.queries.subject import Subject, list_queries


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    recordings = find_recordings(pair for subject in subjects for pair in subject.rules)
    reader = LabelReader(recordings)
    mismatches: dict[str, Mismatch | None] = {}  # many panels ask for the same
    for query in (query for subject in subjects for query in list_queries(subject)):
        if len(query.selectors) < 2:
            continue
        if query.text not in mismatches:
            tree = query.expression.tree
            mismatches[query.text] = next(find_mismatches(tree, reader), None)
        if mismatch := mismatches[query.text]:
            yield str(mismatch), "write on (...) with what both have, and group_left.", query.place


RULE = LintRule(
    "unmatched-labels",
    "error",
    "two sides whose labels never match",
    __doc__,
    check_run=_check_run,
)
