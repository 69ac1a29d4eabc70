"""A data source by name or by a fixed uid: the dashboard works on one Grafana only.

Bad: `"datasource": "Prometheus"`, `"datasource": {"uid": "PBFA97CFB590B2093"}`
Good: `"datasource": {"type": "prometheus", "uid": "${datasource}"}`

`--fix` puts the variable in the place of one Prometheus, which it chooses at first. Where there are
several, or another kind, only a person knows what belongs together.

Exclude it where the dashboard is for one Grafana alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.dashboards.data_source import DATASOURCE, datasource
from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.record import record
from tailboard.queries.data_sources import find_source_kind
from tailboard.queries.parser.promql import parse_expression
from tailboard.queries.subject import Subject, build_document_subject, list_entries

JsonDict = dict[str, Any]

INTERNAL_UIDS = {"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana", "__expr__"}
INTERNAL_KINDS = {"__expr__", "grafana", "datasource"}
"""Grafana's own expressions and data, which are the same on every Grafana."""

PROMETHEUS_KINDS = {"", "prometheus"}
"""The kinds that may be a Prometheus: a name that says no kind has none."""

TIP = 'use the variable: {"type": "prometheus", "uid": "${datasource}"}.'


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    fixed_sources = list(_find_fixed_sources(subject))
    reason = _choose_source(dict(subject.json)) if fixed_sources else ""
    for problem, source, place in fixed_sources:
        yield problem, _build_tip(source, reason if isinstance(reason, str) else ""), place


def _find_fixed_sources(subject: Subject) -> Iterator[tuple[str, Any, Place]]:
    """What is wrong, which data source it is about, and where."""
    for panel in subject.panels:
        holders = [panel.json, *(panel.json.get("targets") or [])]
        sources = {
            _get_fixed_uid(holder.get("datasource")): holder.get("datasource") for holder in holders
        }
        for uid in sorted({*sources} - {""}):
            yield f"the data source {uid!r} is fixed", sources[uid], panel.place
    for kind, name in (("variable", "templating"), ("annotation", "annotations")):
        for entry in list_entries(subject.json, name):
            source = entry.get("datasource")
            if uid := _get_fixed_uid(source):
                problem = f"the data source {uid!r} of the {kind} {entry.get('name')!r} is fixed"
                yield problem, source, subject.place


def _build_tip(source: Any, reason: str) -> str:
    """What to do, and why `--fix` does not do it, where it does not."""
    kind = _get_kind(source)
    if kind not in PROMETHEUS_KINDS:
        reference = f'{{"type": "{kind}", "uid": "${{...}}"}}'
        reason = f"it knows Prometheus only, and this is a {kind}"
        return f"use a variable of its kind: {reference}. --fix leaves it: {reason}."
    return f"{TIP} --fix leaves it: {reason}." if reason else TIP


def _get_fixed_uid(source: Any) -> str:
    """The name or uid of a data source; nothing where it is a variable, or Grafana itself."""
    uid = str((source.get("uid") if isinstance(source, Mapping) else source) or "")
    if not uid or "$" in uid or "[[" in uid:
        return ""
    is_internal = uid in INTERNAL_UIDS or _get_kind(source) in INTERNAL_KINDS
    return "" if is_internal else uid


@record
class SourceChoice:
    """The one Prometheus, the variables of which one chooses it at first, and that one's name."""

    uid: str
    variables: list[JsonDict]
    name: str


def _fix_document(document: JsonDict) -> JsonDict:
    choice = _choose_source(document)
    if isinstance(choice, str):
        return document
    templating = {**(document.get("templating") or {}), "list": choice.variables}
    reference = {"type": "prometheus", "uid": f"${{{choice.name}}}"}
    fixed_document: JsonDict = _replace_source(
        {**document, "templating": templating}, choice.uid, reference
    )
    return fixed_document


def _choose_source(document: JsonDict) -> SourceChoice | str:
    """What a variable is to choose; a text that says why nobody but a person can know."""
    sources = [
        source
        for source in _find_sources(document)
        if _get_fixed_uid(source) and _get_kind(source) in PROMETHEUS_KINDS
    ]
    uid, *others = sorted({_get_fixed_uid(source) for source in sources}) or [""]
    if others:
        return f"it cannot know which of {', '.join(map(repr, (uid, *others)))} the variable is for"
    if not uid:
        return "there is no Prometheus"
    if not all(map(_get_kind, sources)) and not _is_all_promql(document):
        return f"nothing says that {uid!r} is a Prometheus"
    return _declare_variable(document, uid)


def _find_sources(value: Any) -> Iterator[Any]:
    """Every data source that something names."""
    if isinstance(value, list):
        for item in value:
            yield from _find_sources(item)
    if isinstance(value, dict):
        yield value.get("datasource")
        for item in value.values():
            yield from _find_sources(item)


def _get_kind(source: Any) -> str:
    """Which kind of data source it is; nothing where neither a type nor a name says it."""
    return find_source_kind(source, {})


def _is_all_promql(document: JsonDict) -> bool:
    """Whether every query can only be meant for Prometheus."""
    panels = build_document_subject(document, "").panels
    targets = [target for panel in panels for target in panel.json.get("targets") or []]
    expressions = [target.get("expr") for target in targets]
    return bool(expressions) and all(
        isinstance(expression, str) and parse_expression(expression).tree is not None
        for expression in expressions
    )


def _declare_variable(document: JsonDict, uid: str) -> SourceChoice | str:
    """The variables with one that chooses this Prometheus at first."""
    variables = list_entries(document, "templating")
    if not _has_variable_list(document):
        return "what stands in templating is no list of variables"
    current = {"text": uid, "value": uid}
    for index, variable in enumerate(variables):
        if (
            variable.get("type") == "datasource"
            and variable.get("query") == "prometheus"
            and variable.get("name")
        ):
            name, selection = str(variable["name"]), variable.get("current") or {}
            value = selection.get("value") if isinstance(selection, Mapping) else selection
            if value not in (None, "", uid):
                return f"the variable {name} chooses {value!r} already"
            new_variable = {**variable, "current": current}
            return SourceChoice(
                uid, [*variables[:index], new_variable, *variables[index + 1 :]], name
            )
    if any(variable.get("name") == DATASOURCE for variable in variables):
        return f"the variable {DATASOURCE} is something else"
    return SourceChoice(uid, [{**datasource(), "current": current}, *variables], DATASOURCE)


def _has_variable_list(document: JsonDict) -> bool:
    """Whether the variables, if there are any, stand where Grafana has them."""
    templating = document.get("templating") or {}
    return isinstance(templating, Mapping) and (templating.get("list") or []) == list_entries(
        document, "templating"
    )


def _replace_source(value: Any, uid: str, reference: JsonDict) -> Any:
    """The value with the reference in the place of this data source."""
    if isinstance(value, list):
        return [_replace_source(item, uid, reference) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: dict(reference)
        if key == "datasource"
        and _get_fixed_uid(item) == uid
        and _get_kind(item) in PROMETHEUS_KINDS
        else _replace_source(item, uid, reference)
        for key, item in value.items()
    }


RULE = LintRule(
    "fixed-data-source",
    "error",
    "a data source by name or fixed uid",
    __doc__,
    check_document=_check_document,
    fix=_fix_document,
)
