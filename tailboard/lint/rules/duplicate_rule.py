"""Two rules of one name and the same labels: alerts come twice, recorded series are refused.

Prometheus refuses the second sample of a series at the same time, so that one of two recording
rules is lost. Alerts of one name with other labels or another expression are no duplicates: a
warning and a critical one, say.

Bad: `record: job:errors:rate5m` in two files, with `expr: a` and with `expr: b`
Good: the same with `labels: {service: shop}` in one of them

Only a person knows which one is meant. Exclude it where the files are for different servers.
"""

from collections.abc import Iterator, Sequence

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import JsonMapping, Subject

Key = tuple[str, str, tuple[tuple[str, str], ...], str]


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    first_places: dict[Key, Place] = {}
    for query, rule in (pair for subject in subjects for pair in subject.rules):
        if query.is_in_grafana_rule:
            continue
        key = _build_key(rule, query.text)
        first_place = first_places.setdefault(key, query.place)
        if first_place is not query.place and key[1]:
            kind = "alert" if key[0] == "alert" else "recording rule"
            where = "" if first_place.source == query.place.source else f" in {first_place.source}"
            yield (
                f"another {kind} has this name and these labels{where}",
                "take one of them away, or give it a label of its own.",
                query.place,
            )


def _build_key(rule: JsonMapping, expression: str) -> Key:
    labels = rule.get("labels")
    pairs = labels.items() if isinstance(labels, dict) else ()
    label_key = tuple(sorted((str(name), str(value)) for name, value in pairs))
    if rule.get("record"):
        return "record", str(rule["record"]), label_key, ""
    # Alerts on other series are other alerts: the expression tells them apart.
    return "alert", str(rule.get("alert") or ""), label_key, "".join(expression.split())


RULE = LintRule(
    "duplicate-rule",
    "error",
    "two rules of one name and the same labels",
    __doc__,
    check_run=_check_run,
)
