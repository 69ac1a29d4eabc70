"""The service that a document is about: convention, selector, name and objectives.

Candidates come from the queries; the one is taken whose ready-made panels are most often in the
document.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import combinations, islice
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.recognition.named_metrics import list_named_calls
from tailboard.convert.recognition.queries import QueryFacts, build_selector, strip_selectors
from tailboard.convert.recognition.ready_made import (
    FRACTIONS,
    ReadyMade,
    build_fingerprint,
    build_ready_made,
    list_built_queries,
    make_calls,
)
from tailboard.dashboards.document import Document
from tailboard.panels import Objectives, Service, every_service, matches
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, resolve_convention
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher
from tailboard.panels.metric import Role
from tailboard.panels.recording import SERVICE_LABEL

MAX_CONVENTIONS = 8
MAX_NAMES = 4
MAX_VALUES = 12
"""How many candidates of each kind are tried."""

MAX_CANDIDATES = 60
"""How many services are tried before their objectives are."""

ENOUGH_SHARE = 0.7
"""The share of a document's queries by which a service is certain."""

MIN_SHAPE_LENGTH = 20
"""The length of a query that says something about who wrote it: `up{}` does not."""

ANY_OBJECTIVES = Objectives(latency={0.99: 1}, availability=0.99, first_token={0.99: 1})
"""A promise of each kind, so that every ready-made panel can be built."""

COMMON_SHARE = 0.5
"""The share of a document's selectors that have a matcher which selects the service."""

SUFFIXES = ("", "_bucket", "_count", "_sum")
RANGE = re.compile(r"\[(\d+[dw])[\]:]")
PROMISE = re.compile(r"P(?P<percentile>\d+(?:\.\d+)?) within (?P<seconds>[\d.]+) s")
AVAILABILITY = re.compile(r"Availability (?P<percentage>[\d.]+) %")
NUMBER = re.compile(r'le="([\d.]+)"')


def infer_service(document: Document, panels: Sequence[Panel], facts: QueryFacts) -> Service | None:
    """The service whose ready-made panels the document has; None where it has none."""
    titles = [str(panel.get("title", "")) for panel in list_panels(panels)]
    candidates = list(
        islice(_list_candidates(document, facts, _read_objectives(titles)), MAX_CANDIDATES)
    )
    service = _select_by_queries(candidates, facts)
    if service is not None:
        return _infer_objectives(service, panels, facts)
    if not _has_named_panels(panels, facts):
        return None
    named = [
        (_count_named_panels(candidate, panels, facts), candidate)
        for convention in _list_conventions_by_matchers(facts)
        for candidate in islice(
            _list_candidates_of(convention, document, facts, _read_objectives(titles)), MAX_NAMES
        )
    ]
    count, service = max(named, key=lambda entry: entry[0], default=(0, None))
    return service if count else None


def _list_conventions_by_matchers(facts: QueryFacts) -> Iterator[Convention]:
    """Whose panels of other metrics these may be: of one that selects nothing, or selects so."""
    labels = {label for label, _, _ in facts.matchers}
    yield CONVENTIONS[0]
    for convention in CONVENTIONS:
        if convention.matchers and convention.matchers.keys() <= labels:
            yield convention


def _has_named_panels(panels: Sequence[Panel], facts: QueryFacts) -> bool:
    """Whether a panel's description names a metric, as those of `own` and `business` do."""
    names = [name.removesuffix("_bucket").removesuffix("_count") for name in facts.metric_names]
    descriptions = " ".join(str(panel.get("description", "")) for panel in list_panels(panels))
    return any(name in descriptions for name in names)


def _select_by_queries(candidates: Iterable[Service], facts: QueryFacts) -> Service | None:
    """The candidate of which most queries of a document are; None where no query is."""
    best_service, best_count = None, 0
    for service in candidates:
        queries = list_built_queries(narrow_service(service, facts)) | list_built_queries(service)
        count = sum(number for query, number in facts.queries.items() if query in queries)
        if count > best_count:
            best_service, best_count = service, count
        if best_count >= ENOUGH_SHARE * facts.queries.total():
            break
    return best_service


def _count_named_panels(service: Service, panels: Sequence[Panel], facts: QueryFacts) -> int:
    """How many panels of a document show metrics that no convention knows, but of this service."""
    narrow = narrow_service(service, facts)
    calls = list_named_calls(panels, [("SERVICE", narrow), ("SERVICE", service)])
    return _count_panels(make_calls(list(calls)), _count_fingerprints(panels))


def narrow_service(service: Service, facts: QueryFacts) -> Service:
    """The service narrowed by the variables that the document has, as library dashboards are."""
    if facts.has_variable("instance") and not service.is_pushed:
        service = service.narrow({"instance": matches("$instance")})
    return service.narrow(routes=matches("$route")) if facts.has_variable("route") else service


def _count_fingerprints(panels: Sequence[Panel]) -> Counter[bytes]:
    return Counter(
        build_fingerprint(panel) for panel in list_panels(panels) if panel.get("targets")
    )


def _count_panels(ready_made: Iterable[ReadyMade], fingerprints: Counter[bytes]) -> int:
    """How many panels of a document are among the ready-made ones."""
    built_fingerprints = {build_fingerprint(entry.panel) for entry in ready_made}
    return sum(
        count for fingerprint, count in fingerprints.items() if fingerprint in built_fingerprints
    )


def _read_objectives(titles: Sequence[str]) -> Objectives:
    """The objectives that titles say, as those of the library do."""
    objectives = Objectives()
    for promise in _list_promises("latency", [], titles):
        objectives = replace(objectives, **promise)
    for availability in _read_availabilities(titles):
        objectives = replace(objectives, availability=availability)
    return objectives


def _list_candidates(
    document: Document, facts: QueryFacts, objectives: Objectives
) -> Iterator[Service]:
    for convention in _rank_conventions(facts):
        yield from _list_candidates_of(convention, document, facts, objectives)


def _list_candidates_of(
    convention: Convention, document: Document, facts: QueryFacts, objectives: Objectives
) -> Iterator[Service]:
    for selector in _list_selectors(convention, facts):
        job = selector.get("job")
        if selector.keys() == {"job"} and job == matches("$job"):
            yield every_service(convention, objectives)
            continue
        for name in _list_names(document, facts, selector):
            for histograms in ("classic", "native", "both") if _is_native(facts) else ("classic",):
                for recorded in (True, False) if _is_recorded(facts) else (False,):
                    try:
                        yield Service(
                            name,
                            selector,
                            convention,
                            objectives,
                            histograms=histograms,
                            recorded=recorded,
                        )
                    except DefinitionError:
                        continue


def _is_native(facts: QueryFacts) -> bool:
    return any("histogram_quantile" in text and "_bucket" not in text for text in facts.expressions)


def _is_recorded(facts: QueryFacts) -> bool:
    """Whether queries read series that rules of ours record: those have a label for the service."""
    has_label = any(label == SERVICE_LABEL for label, _, _ in facts.matchers)
    return has_label and any(":" in name for name in facts.metric_names)


def _rank_conventions(facts: QueryFacts) -> list[Convention]:
    """The conventions by how many queries of the document are theirs, whatever they select."""
    shapes = Counter(strip_selectors(expression) for expression in facts.expressions)
    has_common_queries = facts.metric_names == {"up"} or any(
        len(shape) >= MIN_SHAPE_LENGTH
        for shape in shapes.keys() & _list_shapes(CONVENTIONS[0].name)
    )
    conventions = [
        convention
        for convention in CONVENTIONS
        if has_common_queries or _has_metric(convention, facts)
    ]
    counts = {
        convention.name: sum(
            shapes[shape] for shape in shapes.keys() & _list_shapes(convention.name)
        )
        for convention in conventions
    }
    ranked = sorted(conventions, key=lambda convention: -counts[convention.name])
    return [convention for convention in ranked if counts[convention.name]][:MAX_CONVENTIONS]


def _has_metric(convention: Convention, facts: QueryFacts) -> bool:
    """Whether the document shows a metric of the convention, beside those of every process.

    Those of processes and targets are in the queries that all conventions have.
    """
    names = {
        f"{metric.name}{suffix}"
        for concept, metric in convention.metrics.items()
        if concept not in PROCESS
        for suffix in SUFFIXES
    }
    return _is_recorded(facts) or not names.isdisjoint(facts.metric_names)


@cache
def _list_shapes(name: str) -> frozenset[str]:
    """The ready-made queries of a convention without their selectors."""
    convention = resolve_convention(name)
    plain_service = Service("service", {"job": "job"}, convention, ANY_OBJECTIVES)
    services = [plain_service, every_service(convention, ANY_OBJECTIVES)]
    services += [replace(plain_service, histograms=histograms) for histograms in ("native", "both")]
    with suppress(DefinitionError):
        services.append(replace(plain_service, recorded=True))
    return frozenset(
        strip_selectors(expression)
        for service in services
        for expression, _ in list_built_queries(service)
    )


def _list_selectors(
    convention: Convention, facts: QueryFacts
) -> Iterator[dict[str, str | Matcher]]:
    """The labels of the service's targets: those that most selectors compare alike."""
    own_labels = {
        metric.labels[role]
        for metric in convention.metrics.values()
        for role in (Role.ROUTE, Role.STATUS)
        if role in metric.labels
    } | {*convention.matchers}
    common = [
        matcher
        for matcher, count in facts.matchers.most_common()
        if count >= COMMON_SHARE * facts.selector_count and matcher[0] not in own_labels
    ]
    selector = build_selector(common)
    if selector:
        yield selector
    if len(selector) > 1 and "job" in selector:
        yield {"job": selector["job"]}


def _list_names(
    document: Document, facts: QueryFacts, selector: dict[str, str | Matcher]
) -> list[str]:
    """What the service may be called: the beginnings of legends, the title, its job."""
    title = str(document.get("title", "")).partition(" / ")[0].strip()
    legends = Counter(
        name
        for legend in facts.legends
        if not legend.startswith(("{{", "__"))
        for name in {legend, legend.rpartition(" ")[0], legend.partition(" ")[0]}
        if name.strip() and "{{" not in name
    )
    names = [name for name, _ in legends.most_common(MAX_NAMES - 1)]
    job = selector.get("job")
    names += [job] if isinstance(job, str) else []
    names += [title, title[:1].lower() + title[1:]]
    return list(dict.fromkeys(name for name in names if name.strip()))[: MAX_NAMES + 1]


def _infer_objectives(service: Service, panels: Sequence[Panel], facts: QueryFacts) -> Service:
    """The service with the objectives that its panels draw as thresholds."""
    steps = _list_thresholds(panels)
    seconds = [values for unit, values in steps if unit == "s"]
    shares = [values for unit, values in steps if unit == "percentunit"]
    numbers = [value for unit, values in steps if unit == "short" for value in values]
    bounds = [float(text) for query in facts.expressions for text in NUMBER.findall(query)]
    windows = [text for query in facts.expressions for text in RANGE.findall(query)]
    titles = [str(panel.get("title", "")) for panel in list_panels(panels)]
    candidates: list[tuple[tuple[str, ...], list[dict[str, Any]]]] = [
        (("errors", "slo"), _list_error_promises(shares)),
        (("slo",), [{"window": window} for window in windows]),
        (("latency", "slo", "traffic"), _list_promises("latency", seconds, titles)),
        (("database",), [{"queries": {0.99: values[-1]}} for values in seconds]),
        (("llm", "slo"), _list_promises("first_token", seconds, titles)),
        (("latency",), [{"apdex": bound} for bound in bounds]),
        (("workers",), [{"backlog": number} for number in numbers]),
        (("llm",), [{"waiting_requests": number} for number in numbers]),
        (("batch",), [{"job_age": value} for values in seconds for value in values]),
    ]
    fingerprints = _count_fingerprints(panels)

    def count_panels(candidate: Service, modules: Collection[str]) -> int:
        services = {"SELECTED": narrow_service(candidate, facts), "SERVICE": candidate}
        return _count_panels(build_ready_made(services, modules), fingerprints)

    best = service
    for modules, values in candidates:
        best_score = count_panels(best, modules) if values else 0
        for value in _list_unique(values):
            try:
                objectives = replace(best.objectives, **value)
                candidate = replace(best, objectives=objectives)
            except DefinitionError:
                continue
            score = count_panels(candidate, modules)
            if score > best_score:
                best, best_score = candidate, score
    return best


def _list_thresholds(panels: Sequence[Panel]) -> list[tuple[str, tuple[float, ...]]]:
    """The unit and the thresholds of each panel that has some; those of tables' columns too."""
    thresholds_by_unit: list[tuple[str, tuple[float, ...]]] = []
    for panel in list_panels(panels):
        config = panel.get("fieldConfig") or {}
        defaults = config.get("defaults") or {}
        holders = [(defaults.get("unit"), defaults.get("thresholds"))]
        for override in config.get("overrides") or []:
            properties = {
                entry.get("id"): entry.get("value") for entry in override.get("properties") or []
            }
            holders.append((properties.get("unit"), properties.get("thresholds")))
        for unit, thresholds in holders:
            values = _read_values(thresholds)
            if values:
                thresholds_by_unit.append((str(unit or "short"), values))
    return thresholds_by_unit


def _read_values(thresholds: Any) -> tuple[float, ...]:
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    return tuple(
        step["value"]
        for step in (steps if isinstance(steps, list) else [])
        if isinstance(step, dict)
        and isinstance(step.get("value"), int | float)
        and not isinstance(step["value"], bool)
    )


def _list_error_promises(shares: Sequence[tuple[float, ...]]) -> list[dict[str, Any]]:
    """What panels of errors promise: the budget's share comes first, then the one that alerts."""
    promises: list[dict[str, Any]] = []
    for values in dict.fromkeys(shares):
        availability = round(1 - values[0], 12)
        promises += [{"availability": availability}, {"error_ratio": values[0]}]
        if len(values) > 1:
            promises.append({"availability": availability, "error_ratio": values[1]})
    return promises


def _list_promises(
    name: str, seconds: Sequence[tuple[float, ...]], titles: Sequence[str]
) -> list[dict[str, Any]]:
    """Percentiles with seconds: those that titles say, then those that thresholds may mean."""
    stated: dict[float, float] = {}
    for title in titles:
        if match := PROMISE.search(title):
            stated[round(float(match["percentile"]) / 100, 9)] = _shorten(float(match["seconds"]))
    promises: list[dict[float, float]] = [dict(sorted(stated.items()))] if stated else []
    for values in sorted(set(seconds), key=len, reverse=True)[:MAX_VALUES]:
        promises += [
            dict(zip(fractions, values, strict=True)) for fractions in _list_fractions(len(values))
        ]
    return [{name: promise} for promise in promises]


def _list_fractions(count: int) -> list[tuple[float, ...]]:
    """Percentiles for so many thresholds, the highest ones first."""
    return list(reversed(list(combinations(FRACTIONS, count))))


def _read_availabilities(titles: Sequence[str]) -> list[float]:
    return [
        round(float(match["percentage"]) / 100, 12)
        for title in titles
        if (match := AVAILABILITY.search(title))
    ]


def _shorten(number: float) -> float:
    return int(number) if number.is_integer() else number


def _list_unique(values: Iterable[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())[:MAX_VALUES]
