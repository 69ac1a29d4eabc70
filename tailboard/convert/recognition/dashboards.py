"""Whole dashboards of the library, and those that differ in their heading only."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tailboard.convert.canonical import build_canonical
from tailboard.convert.code import Call, Code, ListCode, Name, build_code
from tailboard.convert.recognition.ready_made import PanelCall
from tailboard.convert.source import Source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import Document
from tailboard.dashboards.library import SERVICE_DASHBOARDS, business, fleet, own
from tailboard.dashboards.library.fleet import UID as FLEET_UID
from tailboard.dashboards.library.service_dashboard import build_service_uid
from tailboard.dashboards.passes.stamp import TAG
from tailboard.panels import Service
from tailboard.panels.definition_error import DefinitionError

OWN_ARGUMENTS = {
    "own.instance_quantiles": "summaries",
    "own.mean": "summaries",
    "own.observations": "histograms",
    "own.percentiles": "histograms",
    "own.share": "shares",
    "own.value": "gauges",
}
"""The argument of the dashboard `own` by the panel that it makes of it."""

HEADING_FIELDS = ("description", "refresh", "tags", "time", "title")
"""What people change of a dashboard without changing what it shows."""


def find_library_call(
    source: Source,
    canonical: Document,
    name: str,
    service: Service,
    panel_calls: Sequence[PanelCall],
) -> Code | None:
    """The call that builds the whole dashboard, with what its heading has otherwise.

    `panel_calls` are those of its panels whose metrics no convention knows.
    """
    named_arguments = _list_named_arguments(panel_calls)
    uid = source.document["uid"]
    for code, dashboard in _list_dashboards(name, service, named_arguments, uid):
        if changed_code := find_changed_call(source, canonical, code, dashboard):
            return changed_code
    return None


def find_changed_call(
    source: Source, canonical: Document, code: Code, dashboard: Dashboard
) -> Code | None:
    """The code of a dashboard with what the heading has otherwise; None where more differs."""
    document = build_document(dashboard)
    if _strip_heading(build_canonical(document)) != _strip_heading(canonical):
        return None
    changes = _find_changes(source, canonical, dashboard, document)
    if changes is None:
        return None
    if not changes:
        return code
    keywords = tuple((key, build_code(value)) for key, value in changes.items())
    return Call("replace", (code,), keywords)


def _list_dashboards(
    name: str, service: Service, named_arguments: Mapping[str, dict[str, Any]], uid: str
) -> Iterator[tuple[Call, Dashboard]]:
    """The dashboards of the library; the only one whose name a uid ends in, where one is."""
    candidates: list[tuple[Call, Any, Any]] = [
        (Call(f"library.{build.__name__}", (Name(name),)), build, service)
        for build in SERVICE_DASHBOARDS
    ]
    candidates.append((Call("library.fleet", (ListCode((Name(name),)),)), fleet, [service]))
    for builder in (business, own):
        if arguments := named_arguments.get(builder.__name__):
            keywords = tuple((key, build_code(value)) for key, value in arguments.items())
            candidates.append(
                (
                    Call(f"library.{builder.__name__}", (Name(name),), keywords),
                    partial(builder, **arguments),
                    service,
                )
            )
    named_candidates = [
        candidate
        for candidate in candidates
        if uid.endswith(candidate[0].function.removeprefix("library."))
    ]
    for code, build, argument in named_candidates or candidates:
        try:
            dashboard = build(argument)
        except DefinitionError:
            continue
        if dashboard.rows:
            yield code, dashboard


def is_library_uid(uid: str, service: Service) -> bool:
    """Whether a dashboard of the library has this uid."""
    names = [build.__name__ for build in (*SERVICE_DASHBOARDS, business, own)]
    return uid == FLEET_UID or any(uid == build_service_uid(service, name) for name in names)


def _list_named_arguments(panel_calls: Sequence[PanelCall]) -> dict[str, dict[str, Any]]:
    """The arguments of the dashboards that show metrics which no convention knows."""
    operations: dict[str, Any] = {}
    dashboards: dict[str, dict[str, Any]] = {"business": {}, "own": {}}
    for call in panel_calls:
        function, arguments, keywords = call.code.function, call.arguments, call.keywords
        if function == "business.success_ratio":
            title, counter, labels = arguments
            operations[title] = (counter, labels)
        elif function == "business.funnel":
            dashboards["business"]["funnel"] = arguments[1]
        elif function in OWN_ARGUMENTS or function == "business.rate":
            kind = OWN_ARGUMENTS.get(function, "counters")
            if keywords.get("is_summary"):
                kind = "summaries"
            if keywords.get("whole") == 100:
                kind = "percentages"
            metric = arguments[-1] if function == "business.rate" else arguments[0]
            labels = dashboards["own"].setdefault(kind, {}).setdefault(metric, [])
            extra_labels = ["quantile"] if function == "own.instance_quantiles" else []
            labels += [
                label for label in [*keywords.get("by", ()), *extra_labels] if label not in labels
            ]
    if operations:
        dashboards["business"] = {"operations": operations, **dashboards["business"]}
    else:
        dashboards["business"] = {}
    return dashboards


def _strip_heading(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in HEADING_FIELDS}


def _find_changes(
    source: Source, canonical: Document, dashboard: Dashboard, built: Document
) -> dict[str, Any] | None:
    """The fields of the dashboard that have to be replaced; None where its time cannot."""
    document = source.document
    changes: dict[str, Any] = {}
    for name in ("title", "uid"):
        if document[name] != built[name]:
            changes[name] = document[name]
    if canonical.get("description", "") != dashboard.description:
        changes["description"] = canonical.get("description", "")
    if document.get("tags") != built["tags"]:
        changes["tags"] = [tag for tag in document["tags"] if tag != TAG]
    if document.get("refresh") != built["refresh"]:
        changes["refresh"] = document["refresh"]
    if document["time"] != built["time"]:
        if {*document["time"]} != {"from", "to"} or document["time"]["to"] != "now":
            return None
        changes["time_from"] = document["time"]["from"]
    if source.folder != dashboard.folder:
        changes["folder"] = source.folder
    return changes
