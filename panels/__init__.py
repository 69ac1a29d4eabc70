"""What one panel shows: functions of a service that return grafanalib panels.

Names are imported when they are used: not all that read them need grafanalib.
"""

from typing import TYPE_CHECKING

from tailboard.panels.lazy_names import build_lazy_getattr

if TYPE_CHECKING:
    from tailboard.panels.convention import Convention
    from tailboard.panels.definition_error import DefinitionError
    from tailboard.panels.matcher import Matcher, avoids, differs, equals, matches, one_of
    from tailboard.panels.objectives import Objectives
    from tailboard.panels.query import Query
    from tailboard.panels.ready_made import READY_MADE
    from tailboard.panels.service import Service, every_service

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

SOURCES = {
    **{name: name for name in __all__},
    "READY_MADE": "ready_made",
    "Convention": "convention",
    "DefinitionError": "definition_error",
    **dict.fromkeys(("Matcher", "avoids", "differs", "equals", "matches", "one_of"), "matcher"),
    "Objectives": "objectives",
    "Query": "query",
    "Service": "service",
    "every_service": "service",
}
"""The module that defines each name; the others are modules."""

__getattr__ = build_lazy_getattr("tailboard.panels", SOURCES)
