"""Findings as people read them: those of a panel below its name, a tip once for each rule."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from tailboard.findings.finding import SEVERITIES, Finding, Place

COLORS = {"error": "red", "warning": "yellow"}


def text(found: Sequence[Finding]) -> str:
    """Place by place; errors first."""
    places: dict[Place, list[Finding]] = {}
    for it in found:
        places.setdefault(replace(it.place, query=""), []).append(it)
    return "\n".join(line for place in sorted(places) for line in _lines(place, places[place]))


def _lines(place: Place, found: Sequence[Finding]) -> Iterator[str]:
    yield str(place)
    advice: dict[tuple[int, str, str], dict[str, list[str]]] = {}
    for it in found:
        problems = advice.setdefault((SEVERITIES.index(it.severity), it.rule, it.tip), {})
        problems.setdefault(it.problem, []).append(it.place.query)
    for (rank, rule, tip), problems in sorted(advice.items(), key=lambda it: it[0][:2]):
        severity = click.style(SEVERITIES[rank], fg=COLORS[SEVERITIES[rank]])
        for problem, queries in problems.items():
            yield f"  {severity} {rule}: {problem}{_of(queries)}"
        yield f"    Tip: {tip}"


def _of(queries: Sequence[str]) -> str:
    named = [it for it in dict.fromkeys(queries) if it]
    return f" ({', '.join(named)})" if named else ""
