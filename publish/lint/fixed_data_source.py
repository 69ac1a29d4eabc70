"""A data source by name or by a fixed uid: the dashboard works on one Grafana only.

Bad: `"datasource": "Prometheus"`, `"datasource": {"uid": "PBFA97CFB590B2093"}`
Good: `"datasource": {"type": "prometheus", "uid": "${datasource}"}`

`--fix` puts the variable in the place of one Prometheus, which it chooses at first. Where there are
several, or another kind, only a person knows what belongs together.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.variables import DATASOURCE, datasource
from publish.finding import Place
from publish.linting import LintRule, Said
from publish.promql_reading import read
from publish.subject import Panel, Subject, of_document

Json = dict[str, Any]

INTERNAL = {"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana"}
DEFAULT = "default"
TIP = 'use the variable: {"type": "prometheus", "uid": "${datasource}"}.'


def _of_panel(panel: Panel) -> Said:
    asking = [panel.plain, *(panel.plain.get("targets") or [])]
    for uid in sorted({_uid(it.get("datasource")) for it in asking} - {""}):
        yield f"the data source {uid!r} is fixed", TIP


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for it in _listed(subject.plain, "templating"):
        if uid := _uid(it.get("datasource")):
            name = it.get("name")
            yield f"the data source {uid!r} of the variable {name!r} is fixed", TIP, subject.place
    for it in _listed(subject.plain, "annotations"):
        if uid := _uid(it.get("datasource")):
            name = it.get("name")
            yield f"the data source {uid!r} of the annotation {name!r} is fixed", TIP, subject.place


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    return list((document.get(name) or {}).get("list") or [])


def _uid(source: Any) -> str:
    """The name or uid of a data source; nothing where it is a variable, or Grafana itself."""
    uid = str((source.get("uid") if isinstance(source, Mapping) else source) or "")
    return "" if uid in INTERNAL or "$" in uid or "[[" in uid else uid


def _fix(document: Json) -> Json:
    fixed = [it for it in _sources(document) if _uid(it) and _kind(it) in {"", "prometheus"}]
    uid, *others = sorted({_uid(it) for it in fixed}) or [""]
    sure = all(map(_kind, fixed)) or _all_promql(document)
    declared = _declared(document, uid) if uid and sure and not others else None
    if declared is None:
        return document
    variables, name = declared
    templating = {**(document.get("templating") or {}), "list": variables}
    reference = {"type": "prometheus", "uid": f"${{{name}}}"}
    made: Json = _referring({**document, "templating": templating}, uid, reference)
    return made


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


def _declared(document: Json, uid: str) -> tuple[list[Json], str] | None:
    """The variables with one that chooses this Prometheus at first, and its name."""
    variables: list[Json] = _listed(document, "templating")
    chosen = {"text": uid, "value": uid}
    for index, it in enumerate(variables):
        if it.get("type") == "datasource" and it.get("query") == "prometheus":
            if (it.get("current") or {}).get("value") not in (None, "", uid):
                return None
            made = {**it, "current": chosen}
            return [*variables[:index], made, *variables[index + 1 :]], str(it["name"])
    if any(it.get("name") == DATASOURCE for it in variables):
        return None
    return [{**datasource(), "current": chosen}, *variables], DATASOURCE


def _referring(value: Any, uid: str, reference: Json) -> Any:
    """The value with the reference in the place of this data source."""
    if isinstance(value, list):
        return [_referring(it, uid, reference) for it in value]
    if not isinstance(value, dict):
        return value
    return {
        key: dict(reference)
        if key == "datasource" and _uid(it) == uid and _kind(it) in {"", "prometheus"}
        else _referring(it, uid, reference)
        for key, it in value.items()
    }


RULE = LintRule(
    "fixed-data-source",
    "error",
    "a data source by name or fixed uid",
    __doc__,
    of_panel=_of_panel,
    of_document=_of_document,
    fix=_fix,
)
