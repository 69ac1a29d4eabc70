"""A data source by name or by a fixed uid: the dashboard works on one Grafana only.

Bad: `"datasource": "Prometheus"`, `"datasource": {"uid": "PBFA97CFB590B2093"}`
Good: `"datasource": {"type": "prometheus", "uid": "${datasource}"}`

`--fix` puts the variable in the place of one Prometheus, which it chooses at first. Where there are
several, or another kind, only a person knows what belongs together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.variables import DATASOURCE, datasource
from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.promql_reading import read
from tailboard.queries.subject import Subject, listed, of_document

Json = dict[str, Any]

INTERNAL = {"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana", "__expr__"}
INTERNAL_KINDS = {"__expr__", "grafana", "datasource"}
"""Grafana's own expressions and data, which are the same on every Grafana."""

PROMETHEUS = {"", "prometheus"}
"""The kinds that may be a Prometheus: a data source by its name alone has none."""

TIP = 'use the variable: {"type": "prometheus", "uid": "${datasource}"}.'


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    found = list(_fixed(subject))
    why = _choice(dict(subject.plain)) if found else ""
    for problem, source, place in found:
        yield problem, _tip(source, why if isinstance(why, str) else ""), place


def _fixed(subject: Subject) -> Iterator[tuple[str, Any, Place]]:
    """What is wrong, which data source it is about, and where."""
    for panel in subject.panels:
        asking = [panel.plain, *(panel.plain.get("targets") or [])]
        sources = {_uid(it.get("datasource")): it.get("datasource") for it in asking}
        for uid in sorted({*sources} - {""}):
            yield f"the data source {uid!r} is fixed", sources[uid], panel.place
    for kind, name in (("variable", "templating"), ("annotation", "annotations")):
        for it in listed(subject.plain, name):
            source = it.get("datasource")
            if uid := _uid(source):
                problem = f"the data source {uid!r} of the {kind} {it.get('name')!r} is fixed"
                yield problem, source, subject.place


def _tip(source: Any, why: str) -> str:
    """What to do, and why `--fix` does not do it, where it does not."""
    kind = _kind(source)
    if kind not in PROMETHEUS:
        mine = f'{{"type": "{kind}", "uid": "${{...}}"}}'
        why = f"it knows Prometheus only, and this is a {kind}"
        return f"use a variable of its kind: {mine}. --fix leaves it: {why}."
    return f"{TIP} --fix leaves it: {why}." if why else TIP


def _uid(source: Any) -> str:
    """The name or uid of a data source; nothing where it is a variable, or Grafana itself."""
    uid = str((source.get("uid") if isinstance(source, Mapping) else source) or "")
    internal = uid in INTERNAL or _kind(source) in INTERNAL_KINDS
    return "" if internal or "$" in uid or "[[" in uid else uid


@dataclass(frozen=True)
class Choice:
    """The one Prometheus, the variables of which one chooses it at first, and that one's name."""

    uid: str
    variables: list[Json]
    name: str


def _fix(document: Json) -> Json:
    chosen = _choice(document)
    if isinstance(chosen, str):
        return document
    templating = {**(document.get("templating") or {}), "list": chosen.variables}
    reference = {"type": "prometheus", "uid": f"${{{chosen.name}}}"}
    made: Json = _referring({**document, "templating": templating}, chosen.uid, reference)
    return made


def _choice(document: Json) -> Choice | str:
    """What a variable is to choose; a text that says why nobody but a person can know."""
    fixed = [it for it in _sources(document) if _uid(it) and _kind(it) in PROMETHEUS]
    uid, *others = sorted({_uid(it) for it in fixed}) or [""]
    if others:
        return f"it cannot know which of {', '.join(map(repr, (uid, *others)))} the variable is for"
    if not uid:
        return "there is no Prometheus"
    if not all(map(_kind, fixed)) and not _all_promql(document):
        return f"nothing says that {uid!r} is a Prometheus"
    return _declared(document, uid)


def _sources(value: Any) -> Iterator[Any]:
    """Every data source that something names."""
    if isinstance(value, list):
        for item in value:
            yield from _sources(item)
    if isinstance(value, dict):
        yield value.get("datasource")
        for item in value.values():
            yield from _sources(item)


def _kind(source: Any) -> str:
    """Which kind of data source it is; nothing where only its name is known."""
    return str(source.get("type") or "") if isinstance(source, Mapping) else ""


def _all_promql(document: Json) -> bool:
    """Whether every query can only be meant for Prometheus."""
    panels = of_document(document, "").panels
    targets = [it for panel in panels for it in panel.plain.get("targets") or []]
    asked = [it.get("expr") for it in targets]
    return bool(asked) and all(isinstance(it, str) and read(it).tree is not None for it in asked)


def _declared(document: Json, uid: str) -> Choice | str:
    """The variables with one that chooses this Prometheus at first."""
    variables = listed(document, "templating")
    if not _all_listed(document):
        return "what stands in templating is no list of variables"
    chosen = {"text": uid, "value": uid}
    for index, it in enumerate(variables):
        if it.get("type") == "datasource" and it.get("query") == "prometheus" and it.get("name"):
            name, now = str(it["name"]), it.get("current") or {}
            value = now.get("value") if isinstance(now, Mapping) else now
            if value not in (None, "", uid):
                return f"the variable {name} chooses {value!r} already"
            made = {**it, "current": chosen}
            return Choice(uid, [*variables[:index], made, *variables[index + 1 :]], name)
    if any(it.get("name") == DATASOURCE for it in variables):
        return f"the variable {DATASOURCE} is something else"
    return Choice(uid, [{**datasource(), "current": chosen}, *variables], DATASOURCE)


def _all_listed(document: Json) -> bool:
    """Whether the variables, if there are any, stand where Grafana has them."""
    held = document.get("templating") or {}
    return isinstance(held, Mapping) and (held.get("list") or []) == listed(document, "templating")


def _referring(value: Any, uid: str, reference: Json) -> Any:
    """The value with the reference in the place of this data source."""
    if isinstance(value, list):
        return [_referring(it, uid, reference) for it in value]
    if not isinstance(value, dict):
        return value
    return {
        key: dict(reference)
        if key == "datasource" and _uid(it) == uid and _kind(it) in PROMETHEUS
        else _referring(it, uid, reference)
        for key, it in value.items()
    }


RULE = LintRule(
    "fixed-data-source",
    "error",
    "a data source by name or fixed uid",
    __doc__,
    of_document=_of_document,
    fix=_fix,
)
