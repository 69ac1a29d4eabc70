"""The ready-made panels of a service: what each call builds, in its canonical form."""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from tailboard.catalogue import list_builders
from tailboard.convert.canonical import Panel, build_canonical
from tailboard.convert.code import Call, Code, ListCode, Literal, Name, build_code
from tailboard.dashboards import Dashboard, Row, build_document
from tailboard.dashboards.library.overview import MAX_ROUTES
from tailboard.dashboards.library.service_dashboard import build_service_uid
from tailboard.panels import READY_MADE, Service, fleet, latency, slo
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.objective import list_objectives
from tailboard.publish.grafana.documents.normalize import serialize_json

FRACTIONS = (0.5, 0.9, 0.95, 0.99, 0.999)
OBJECTIVES_NAME = "OBJECTIVES"
"""The constant for the objectives of the service, of which the first one needs no name."""

OBJECTIVE_BUILDERS = (
    slo.compliance,
    slo.budget_left,
    slo.burn_rate,
    slo.budget_over_time,
    slo.budget_by_route,
)
LAYOUT_FIELDS = ("gridPos", "id")

Builder = Callable[..., Any]
Query = tuple[str, str]
"""Expression and legend."""


@dataclass(frozen=True)
class PanelCall:
    """A call before it is made; of a metric that no convention knows, with its arguments."""

    code: Call
    build: Callable[[], Any]
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadyMade:
    """A call, the panel of grafanalib that it returns, and that panel in its canonical form."""

    call: PanelCall
    value: Any
    panel: Panel

    @property
    def code(self) -> Call:
        """The code of the call."""
        return self.call.code

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that the panel has by itself."""
        return self.value.gridPos.w, self.value.gridPos.h


def build_fingerprint(panel: Panel) -> bytes:
    """What two panels have in common that look alike, wherever they stand."""
    return serialize_json({key: panel[key] for key in panel if key not in LAYOUT_FIELDS})


def build_ready_made(
    services: Mapping[str, Service], modules: Collection[str] = ()
) -> list[ReadyMade]:
    """What the builders of all modules, or of these, make of services, by their constants."""
    return make_calls(
        [
            call
            for name, service in services.items()
            for call in _list_calls(name, service)
            if not modules or call.code.function.partition(".")[0] in modules
        ]
    )


def list_built_queries(service: Service) -> set[Query]:
    """The expressions and legends of all that the builders make of a service."""
    queries: set[Query] = set()
    for call in _list_calls("", service):
        try:
            value = call.build()
        except (DefinitionError, TypeError, ValueError):
            continue  # the convention has no metric for it
        queries |= {(target.expr, target.legendFormat) for target in value.targets}
    return queries


def make_calls(calls: Sequence[PanelCall]) -> list[ReadyMade]:
    """The panels of those calls that can be made."""
    made_calls = []
    for call in calls:
        try:
            made_calls.append((call, call.build()))
        except (DefinitionError, TypeError, ValueError):
            continue  # the convention has no metric for it
    panels = build_canonical_panels([value for _, value in made_calls])
    return [
        ReadyMade(call, value, panel)
        for (call, value), panel in zip(made_calls, panels, strict=True)
    ]


def build_canonical_panels(values: Sequence[Any]) -> list[Panel]:
    """The canonical form of panels, in their order; raises `DefinitionError` for wrong ones."""
    if not values:
        return []
    document = build_document(Dashboard("Panels", rows=[Row("", list(values))]))
    panels: list[Panel] = build_canonical(document)["panels"]
    return panels


def _list_calls(name: str, service: Service) -> Iterator[PanelCall]:
    for path, build, arguments in _list_signatures():
        keywords: tuple[tuple[str, Code], ...] = tuple(
            (key, Literal(value)) for key, value in arguments.items()
        )
        yield PanelCall(Call(path, (Name(name),), keywords), partial(build, service, **arguments))
    for index, objective in enumerate(list_objectives(service)):
        for build in OBJECTIVE_BUILDERS if index else ():
            code = Call(
                f"slo.{build.__name__}",
                (Name(name),),
                (("objective", Name(f"{OBJECTIVES_NAME}[{index}]")),),
            )
            yield PanelCall(code, partial(build, service, objective=objective))
    detail = build_service_uid(service, "routes")
    yield PanelCall(
        Call(
            "latency.slowest_routes",
            (Name(name),),
            (("detail", build_code(detail)), ("limit", build_code(MAX_ROUTES))),
        ),
        partial(latency.slowest_routes, service, detail=detail, limit=MAX_ROUTES),
    )
    yield PanelCall(
        Call("fleet.services", (ListCode((Name(name),)),)), partial(fleet.services, [service])
    )


@cache
def _list_signatures() -> list[tuple[str, Builder, dict[str, float]]]:
    """Every builder that needs a service only, with each percentile that it may be asked for."""
    signatures: list[tuple[str, Builder, dict[str, float]]] = []
    for module in READY_MADE:
        module_name = module.__name__.rpartition(".")[2]
        for builder in list_builders(module):
            parameters = inspect.signature(builder).parameters
            required_names = [
                name
                for name, parameter in parameters.items()
                if parameter.default is inspect.Parameter.empty
            ]
            if required_names != ["service"]:
                continue
            path = f"{module_name}.{builder.__name__}"
            signatures.append((path, builder, {}))
            if "fraction" in parameters:
                default = parameters["fraction"].default
                signatures += [
                    (path, builder, {"fraction": fraction})
                    for fraction in FRACTIONS
                    if fraction != default
                ]
    return signatures
