"""Two rules of one name and the same labels that do the same: one of them is too many.

Prometheus refuses the second sample of a series at the same time, so that one of two recording
rules is lost. It is known where the expressions are the same, and of recording rules also where
none of the two keeps a label. Rules of one name on other series are no duplicates.

Bad: `record: orders:rate5m` twice, with `expr: sum(rate(a[5m]))` and `expr: sum(rate(b[5m]))`
Good: the same with `labels: {service: shop}` in one of them

Only a person knows which one is meant. Where two files share half of the rules of one of them, one
is a copy or another version, as `rules.json` is of `rules.yaml`, and that is no finding.

Exclude the rule where the files are for different servers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.record import record
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.series_labels import LabelReader
from tailboard.queries.subject import JsonMapping, Query, Subject

Key = tuple[str, str, tuple[tuple[str, str], ...], str]


@record
class Duplicate:
    """The query of a rule, and that of the first rule of the same name and labels."""

    kind: str
    query: Query
    first_query: Query

    @property
    def sources(self) -> tuple[str, str]:
        """The file of the first, and that of the duplicate."""
        return self.first_query.place.source, self.query.place.source

    @property
    def is_possible_copy(self) -> bool:
        """Whether it is the same rule in another file."""
        first_source, source = self.sources
        return first_source != source and self.query.text == self.first_query.text

    def describe_file(self) -> str:
        """Where the first one is, unless in the same file."""
        first_source, source = self.sources
        return "" if first_source == source else f" in {first_source}"


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    reader = LabelReader(find_recordings(rules))
    first_queries: dict[Key, Query] = {}
    duplicates: list[Duplicate] = []
    for query, rule in rules:
        if not query.is_in_grafana_rule and (rule.get("record") or rule.get("alert")):
            key = _build_key(rule, query, reader)
            first_query = first_queries.setdefault(key, query)
            if first_query is not query:
                duplicates.append(Duplicate(key[0], query, first_query))
    for duplicate in _strip_copies(duplicates, Counter(query.place.source for query, _ in rules)):
        yield (
            f"another {duplicate.kind} has this name and these labels{duplicate.describe_file()}",
            "take one of them away, or give it a label of its own.",
            duplicate.query.place,
        )


def _strip_copies(
    duplicates: Sequence[Duplicate], rule_counts: Mapping[str, int]
) -> Iterator[Duplicate]:
    """The duplicates that are not in a copy of another file."""
    copy_counts = Counter(
        duplicate.sources for duplicate in duplicates if duplicate.is_possible_copy
    )
    for duplicate in duplicates:
        smaller_count = min(rule_counts[source] for source in duplicate.sources)
        if not duplicate.is_possible_copy or 2 * copy_counts[duplicate.sources] < smaller_count:
            yield duplicate


def _build_key(rule: JsonMapping, query: Query, reader: LabelReader) -> Key:
    """The name, the labels and the expression; no expression where it is one series anyway."""
    labels = rule.get("labels")
    pairs = labels.items() if isinstance(labels, dict) else ()
    label_key = tuple(sorted((str(name), str(value)) for name, value in pairs))
    kind = "recording rule" if rule.get("record") else "alert"
    tree = query.expression.tree
    is_one_series = "record" in kind and tree is not None and not _has_labels(tree, reader)
    expression = "" if is_one_series else "".join(query.text.split())
    return kind, str(rule.get("record") or rule["alert"]), label_key, expression


def _has_labels(tree: Any, reader: LabelReader) -> bool:
    return reader.infer_labels(tree).possible != frozenset()


RULE = LintRule(
    "duplicate-rule",
    "error",
    "two rules of one name and the same labels",
    __doc__,
    check_run=_check_run,
)
