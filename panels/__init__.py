"""What one panel shows: functions of a service that return grafanalib panels."""

from tailboard.panels import (
    batch,
    business,
    database,
    dependencies,
    errors,
    fleet,
    health,
    hygiene,
    kinds,
    latency,
    llm,
    own,
    saturation,
    slo,
    traffic,
    workers,
)
from tailboard.panels.convention import Convention
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher, avoids, differs, equals, matches, one_of
from tailboard.panels.objectives import Objectives
from tailboard.panels.query import Query
from tailboard.panels.service import Service, every_service

READY_MADE = (
    latency,
    errors,
    slo,
    traffic,
    health,
    saturation,
    database,
    dependencies,
    batch,
    workers,
    llm,
    business,
    own,
    hygiene,
    fleet,
)
"""The modules of ready-made panels, in the order that `tailboard list` shows them."""

__all__ = [
    "READY_MADE",
    "Convention",
    "DefinitionError",
    "Matcher",
    "Objectives",
    "Query",
    "Service",
    "avoids",
    "batch",
    "business",
    "database",
    "dependencies",
    "differs",
    "equals",
    "errors",
    "every_service",
    "fleet",
    "health",
    "hygiene",
    "kinds",
    "latency",
    "llm",
    "matches",
    "one_of",
    "own",
    "saturation",
    "slo",
    "traffic",
    "workers",
]
