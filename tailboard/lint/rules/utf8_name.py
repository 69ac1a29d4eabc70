"""A name with other characters than letters, digits and underscores: Prometheus 2 refuses the file.

Prometheus 3 takes any name of a label, an annotation or a recorded series, but needs it in quotes
in every selector: `{"orders.created:rate5m"}`. A dash is mostly a slip.

Bad: `"labels": {"severity": "warning", "on-call": "shop"}`
Good: `"labels": {"severity": "warning", "on_call": "shop"}`

Exclude it where all who load the file are Prometheus 3, or as new, and the name is meant.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.subject import Subject

LABEL_NAME = declare_pattern(r"[a-zA-Z_][a-zA-Z0-9_]*")
METRIC_NAME = declare_pattern(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for group in subject.json.get("groups") or []:
        for label in _select_odd_names(group.get("labels") or {}):
            yield (*_describe_name("label", label), subject.place)
    for query, rule in subject.rules:
        if query.is_in_grafana_rule:
            continue
        for kind in ("label", "annotation"):
            for name in _select_odd_names(rule.get(f"{kind}s") or {}):
                yield (*_describe_name(kind, name), query.place)
        record = str(rule.get("record") or "")
        if record and not METRIC_NAME.fullmatch(record) and not {*record} & {"{", "}"}:
            yield (*_describe_name("recorded series", record), query.place)


def _select_odd_names(texts: object) -> list[str]:
    names = texts if isinstance(texts, dict) else {}
    return [name for name in map(str, names) if name and not LABEL_NAME.fullmatch(name)]


def _describe_name(kind: str, name: str) -> tuple[str, str]:
    return (
        f"the {kind} {name!r} has a name that Prometheus 2 refuses, with the whole file",
        "write letters, digits and underscores.",
    )


RULE = LintRule(
    "utf8-name",
    "warning",
    "a name that Prometheus 2 refuses",
    __doc__,
    check_document=_check_document,
)
