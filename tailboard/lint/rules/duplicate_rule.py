"""Two rules of one name and the same labels that do the same: one of them is too many.

Prometheus refuses the second sample of a series at the same time, so that one of two recording
rules is lost. It is known where the expressions are the same, and of recording rules also where
none of the two keeps a label. Rules of one name on other series are no duplicates.

Bad: `record: orders:rate5m` twice, with `expr: sum(rate(a[5m]))` and `expr: sum(rate(b[5m]))`
Good: the same with `labels: {service: shop}` in one of them

Only a person knows which one is meant. Exclude it where the files are for different servers.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.recordings import find_recordings
from tailboard.queries.series_labels import LabelReader
from tailboard.queries.subject import JsonMapping, Query, Subject

Key = tuple[str, str, tuple[tuple[str, str], ...], str]


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    reader = LabelReader(find_recordings(rules))
    first_places: dict[Key, Place] = {}
    for query, rule in rules:
        name = str(rule.get("record") or rule.get("alert") or "")
        if query.is_in_grafana_rule or not name:
            continue
        first_place = first_places.setdefault(_build_key(rule, query, reader), query.place)
        if first_place is not query.place:
            kind = "recording rule" if rule.get("record") else "alert"
            where = "" if first_place.source == query.place.source else f" in {first_place.source}"
            yield (
                f"another {kind} has this name and these labels{where}",
                "take one of them away, or give it a label of its own.",
                query.place,
            )


def _build_key(rule: JsonMapping, query: Query, reader: LabelReader) -> Key:
    """The name, the labels and the expression; no expression where it is one series anyway."""
    labels = rule.get("labels")
    pairs = labels.items() if isinstance(labels, dict) else ()
    label_key = tuple(sorted((str(name), str(value)) for name, value in pairs))
    kind = "record" if rule.get("record") else "alert"
    tree = query.expression.tree
    is_one_series = kind == "record" and tree is not None and not _has_labels(tree, reader)
    expression = "" if is_one_series else "".join(query.text.split())
    return kind, str(rule[kind]), label_key, expression


def _has_labels(tree: Any, reader: LabelReader) -> bool:
    return reader.infer_labels(tree).possible != frozenset()


RULE = LintRule(
    "duplicate-rule",
    "error",
    "two rules of one name and the same labels",
    __doc__,
    check_run=_check_run,
)
