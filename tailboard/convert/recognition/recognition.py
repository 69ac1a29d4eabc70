"""What of a document tailboard has ready: its service, its panels, its parts."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.code import Call, Code, Name
from tailboard.convert.names import NameRegistry
from tailboard.convert.recognition.dashboards import find_library_call, is_library_uid
from tailboard.convert.recognition.fleets import find_fleet_call
from tailboard.convert.recognition.kinds import list_kind_calls
from tailboard.convert.recognition.named_metrics import list_named_calls
from tailboard.convert.recognition.near_miss import build_query_key, evolve_ready_made
from tailboard.convert.recognition.queries import read_query_facts
from tailboard.convert.recognition.ready_made import (
    OBJECTIVES_NAME,
    ReadyMade,
    build_fingerprint,
    build_ready_made,
    make_calls,
)
from tailboard.convert.recognition.service_code import build_narrow_code, build_service_code
from tailboard.convert.recognition.services import infer_service, narrow_service
from tailboard.convert.source import Source
from tailboard.dashboards import annotations, variables
from tailboard.dashboards.document import Document
from tailboard.panels import Service
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.definition_error import DefinitionError

DEFAULT_NAME = "SERVICE"


@dataclass(frozen=True)
class Recognition:
    """The constants that calls need, the call of the whole dashboard, and panels by their look.

    `parts` are the variables and annotations that follow from the service, `kinds` panels in the
    house style.
    """

    constants: tuple[tuple[str, Code], ...] = ()
    dashboard: Code | None = None
    panels: dict[bytes, ReadyMade] = field(default_factory=dict)
    panels_by_query: dict[tuple[str, ...], list[ReadyMade]] = field(default_factory=dict)
    kinds: dict[bytes, ReadyMade] = field(default_factory=dict)
    parts: tuple[tuple[Code, Any], ...] = ()

    def find_panel(self, panel: Panel) -> ReadyMade | None:
        """The call that builds a panel: ready-made, like that but for some fields, or of a kind."""
        look = build_fingerprint(panel)
        candidates = self.panels_by_query.get(build_query_key(panel), [])
        return (
            self.panels.get(look)
            or (evolve_ready_made(panel, candidates) if panel.get("targets") else None)
            or self.kinds.get(look)
        )


def recognize_document(source: Source, canonical: Document, names: NameRegistry) -> Recognition:
    """What of a document is ready-made, or in the house style."""
    panels = canonical["panels"]
    kinds = {
        build_fingerprint(entry.panel): entry
        for entry in make_calls(list(list_kind_calls(list(list_panels(panels)))))
    }
    if fleet_call := find_fleet_call(source, canonical, names):
        fleet_constants, fleet_dashboard = fleet_call
        return Recognition(tuple(fleet_constants), fleet_dashboard)
    facts = read_query_facts(panels)
    service = infer_service(source.document, panels, facts) if facts.expressions else None
    if service is None:
        return Recognition(kinds=kinds)
    name = names.create_constant(service.name, DEFAULT_NAME)
    constants: list[tuple[str, Code]] = [(name, build_service_code(service))]
    services = {name: service}
    narrow = narrow_service(service, facts)
    named = make_calls(list(list_named_calls(panels, [(name, narrow), (name, service)])))
    named_by_look = {build_fingerprint(entry.panel): entry.call for entry in reversed(named)}
    looks = [build_fingerprint(panel) for panel in list_panels(panels)]
    panel_calls = [named_by_look[look] for look in looks if look in named_by_look]
    is_library = is_library_uid(source.document["uid"], service)
    for candidate in _list_whole_services(service) if is_library else [service]:
        if dashboard := find_library_call(source, canonical, name, candidate, panel_calls):
            return Recognition(((name, build_service_code(candidate)),), dashboard)
    if narrow != service:
        narrow_name = names.create_constant(f"{name} selected", DEFAULT_NAME)
        code = build_narrow_code(
            name, has_instance=narrow.chosen != service.chosen, has_route=narrow.routes is not None
        )
        constants.append((narrow_name, code))
        services[narrow_name] = narrow
    objectives = Call("list", (Call("list_objectives", (Name(name),)),))
    constants.append((OBJECTIVES_NAME, objectives))
    ready_made = build_ready_made(services)
    ready_made += make_calls(list(list_named_calls(panels, list(services.items()))))
    by_look: dict[bytes, ReadyMade] = {}
    by_query: dict[tuple[str, ...], list[ReadyMade]] = defaultdict(list)
    for entry in ready_made:
        by_look.setdefault(build_fingerprint(entry.panel), entry)
        by_query[build_query_key(entry.panel)].append(entry)
    parts = tuple(_list_parts(services))
    return Recognition(tuple(constants), None, by_look, dict(by_query), kinds, parts)


def _list_whole_services(service: Service) -> Iterator[Service]:
    """The services of which a whole dashboard may be: some show the convention in nothing else."""
    yield service
    for convention in CONVENTIONS:
        if convention is not service.convention:
            yield replace(service, convention=convention)


def _list_parts(services: dict[str, Service]) -> Iterator[tuple[Code, Any]]:
    """The variables and annotations of a service, as they are built."""
    builders = (
        ("variables.job", variables.job),
        ("variables.instance", variables.instance),
        ("variables.route", variables.route),
        ("annotations.restarts", annotations.restarts),
        ("annotations.firing_alerts", annotations.firing_alerts),
    )
    for name, service in services.items():
        for path, build in builders:
            try:
                yield Call(path, (Name(name),)), build(service)
            except DefinitionError:
                continue
