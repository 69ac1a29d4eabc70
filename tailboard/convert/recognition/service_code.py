"""The code of a service."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from tailboard.convert.code import Call, Code, DictCode, Literal, Name, TupleCode, build_code
from tailboard.panels import Objectives, Service, every_service
from tailboard.panels.matcher import Matcher

MATCHER_FUNCTIONS = {"=": "equals", "!=": "differs", "=~": "matches", "!~": "avoids"}


def build_service_code(service: Service) -> Code:
    """The call that declares a service."""
    convention = Name(service.convention.name.upper())
    objectives = _build_objectives(service.objectives)
    if service == every_service(service.convention, service.objectives):
        return Call("every_service", (convention, *([objectives] if objectives else [])))
    keywords: list[tuple[str, Code]] = [
        ("selector", DictCode(tuple(_list_selector_items(service)))),
        ("convention", convention),
    ]
    if objectives:
        keywords.append(("objectives", objectives))
    for name in ("histograms", "by", "recorded"):
        value = getattr(service, name)
        if value != _find_default(Service, name):
            keywords.append((name, build_code(value)))
    return Call("Service", (Literal(service.name),), tuple(keywords))


def build_narrow_code(name: str, *, has_instance: bool, has_route: bool) -> Code:
    """The call that narrows a service by the variables of its dashboard."""
    arguments: tuple[Code, ...] = ()
    keywords: tuple[tuple[str, Code], ...] = ()
    if has_instance:
        instance = Call("matches", (Literal("$instance"),))
        arguments = (DictCode(((Literal("instance"), instance),)),)
    if has_route:
        keywords = (("routes", Call("matches", (Literal("$route"),))),)
    return Call(f"{name}.narrow", arguments, keywords)


def _list_selector_items(service: Service) -> Iterator[tuple[Code, Code]]:
    for label, value in service.selector.items():
        code: Code = (
            Call(MATCHER_FUNCTIONS[value.op], (Literal(value.value),))
            if isinstance(value, Matcher)
            else Literal(value)
        )
        yield Literal(label), code


def _build_objectives(objectives: Objectives) -> Code | None:
    keywords: list[tuple[str, Code]] = []
    for field in dataclasses.fields(Objectives):
        value = getattr(objectives, field.name)
        if value != _find_default(Objectives, field.name):
            keywords.append((field.name, _build_value(value)))
    return Call("Objectives", (), tuple(keywords)) if keywords else None


def _build_value(value: Any) -> Code:
    if isinstance(value, dict):
        return DictCode(tuple((Literal(key), Literal(item)) for key, item in value.items()))
    return TupleCode(tuple(map(Literal, value))) if isinstance(value, tuple) else Literal(value)


def _find_default(kind: Any, name: str) -> Any:
    (field,) = [field for field in dataclasses.fields(kind) if field.name == name]
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
