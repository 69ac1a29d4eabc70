"""The fleet dashboard of several services: each from its panel and its part of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.code import Call, Code, ListCode, Name
from tailboard.convert.names import NameRegistry
from tailboard.convert.recognition.dashboards import find_changed_call
from tailboard.convert.recognition.queries import build_selector
from tailboard.convert.recognition.service_code import build_service_code
from tailboard.convert.source import Source
from tailboard.dashboards.document import Document
from tailboard.dashboards.library import fleet
from tailboard.dashboards.library.fleet import UID
from tailboard.panels import Objectives, Service
from tailboard.panels import fleet as panels_fleet
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.selection import HistogramStorage
from tailboard.queries.parser.promql import find_selectors, parse_expression

MIN_SERVICES = 2
MAX_SERVICES = 100
"""How many services a fleet has that is recognised as one."""

UP = "up"
HISTOGRAMS: tuple[HistogramStorage, ...] = ("classic", "native", "both")


def find_fleet_call(
    source: Source, canonical: Document, names: NameRegistry
) -> tuple[list[tuple[str, Code]], Code] | None:
    """The services of a fleet dashboard and the call that builds it; None for any other one."""
    panels = list(list_panels(canonical["panels"]))
    queries = [query for panel in panels for query in _list_queries(panel)]
    up_queries = [query for query in queries if query["expr"].startswith(f"{UP}{{")]
    is_fleet = source.document["uid"] == UID
    if not is_fleet or not MIN_SERVICES <= len(up_queries) <= MAX_SERVICES:
        return None
    text = "\n".join(query["expr"] for query in queries)
    services = [_infer_service(query, text) for query in up_queries]
    known_services = [service for service in services if service is not None]
    if len(known_services) < len(services):
        return None
    constant_names = [names.create_constant(service.name, "SERVICE") for service in known_services]
    call = Call("library.fleet", (ListCode(tuple(map(Name, constant_names))),))
    for candidates in _list_fleets(known_services, panels):
        code = find_changed_call(source, canonical, call, fleet(candidates))
        if code is not None:
            codes = map(build_service_code, candidates)
            return list(zip(constant_names, codes, strict=True)), code
    return None


def _list_queries(panel: Panel) -> Iterator[Panel]:
    for query in panel.get("targets") or []:
        if isinstance(query, dict) and isinstance(query.get("expr"), str):
            yield query


def _infer_service(query: Panel, text: str) -> Service | None:
    """The service of a panel of instances, whose legend begins with its name."""
    name = str(query.get("legendFormat", "")).partition("{{")[0].strip()
    tree = parse_expression(query["expr"]).tree
    selectors = find_selectors(tree) if tree is not None else []
    if not name or len(selectors) != 1:
        return None
    selector = build_selector(selectors[0].matchers)
    best_service, best_count = None, 0
    for convention in CONVENTIONS:
        for histograms in HISTOGRAMS:
            try:
                service = Service(name, selector, convention, histograms=histograms)
                expressions = _list_expressions(service)
            except DefinitionError:
                continue
            if len(expressions) > best_count and all(part in text for part in expressions):
                best_service, best_count = service, len(expressions)
    return best_service


def _list_expressions(service: Service) -> list[str]:
    """The parts of a service in the table of its fleet."""
    table = panels_fleet.services([service])
    return [target.expr for target in table.targets]


def _list_fleets(services: Sequence[Service], panels: Sequence[Panel]) -> Iterator[list[Service]]:
    """The services without objectives, then with the one that the table draws."""
    yield [*services]
    for value in _list_error_ratios(panels):
        objectives = Objectives(error_ratio=value)
        yield [replace(service, objectives=objectives) for service in services]


def _list_error_ratios(panels: Sequence[Panel]) -> list[float]:
    """The thresholds of columns: the smallest share of failed requests that is too much."""
    ratios: dict[float, None] = {}
    for panel in panels:
        for override in (panel.get("fieldConfig") or {}).get("overrides") or []:
            for entry in override.get("properties") or []:
                steps = entry["value"].get("steps") if entry.get("id") == "thresholds" else None
                ratios |= {step["value"]: None for step in steps or [] if step.get("value")}
    return list(ratios)
