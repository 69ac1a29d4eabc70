"""What `tailboard check` found, as text for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from math import inf
from typing import Any

import click

from tailboard.check.cardinality import Count, counts
from tailboard.check.check_running import named
from tailboard.check.checking import Checked
from tailboard.check.evidence import Evidence
from tailboard.check.state import DATA, FINE, STATES
from tailboard.cli.findings_text import COLORS
from tailboard.findings.finding import SEVERITIES, Finding, Place
from tailboard.metrics.quantity import quantity
from tailboard.publish.counted import counted
from tailboard.queries.percentiles import Percentile

MOST_COUNTED = 10


def as_json(
    checked: Iterable[Checked], found: Iterable[Finding], evidence: Sequence[Evidence]
) -> str:
    """Every query with its state, every finding, where percentiles lie, the largest metrics."""
    report = {
        "queries": [asdict(it) for it in checked],
        "findings": [asdict(it) for it in found],
        "percentiles": [_plain(it, one) for one in evidence for it in _known(one)],
        "cardinality": [asdict(it) for it in _largest(evidence)],
    }
    return json.dumps(report, indent=2)


def as_text(checked: Iterable[Checked], found: Iterable[Finding]) -> str:
    """Each problem once, the worst first, with where it is and what to do about it."""
    groups: dict[tuple[str, str, str, str], list[Place]] = {}
    for it in checked:
        if it.state != DATA:
            group = (it.state, it.problem, it.tip, it.allowed)
            groups.setdefault(group, []).append(it.place)
    worst_first = sorted(groups.items(), key=lambda it: -STATES.index(it[0][0]))
    told = [line for group, places in worst_first for line in _group(*group, places)]
    for one in found:
        severity = click.style(one.severity, fg=COLORS[one.severity])
        told += [f"{one.place}", f"  {severity} {one.rule}: {one.problem}", f"    Tip: {one.tip}"]
    return "\n".join(told)


def details(evidence: Sequence[Evidence]) -> str:
    """In which bucket each percentile lies, and the metrics with the most series."""
    told = [_where(it, one) for one in evidence for it in _known(one)]
    told += [_counted(it) for it in _largest(evidence)]
    return "\n".join(told)


def summary(checked: Sequence[Checked], found: Sequence[Finding]) -> str:
    """How many queries are in each state, and how many findings there are."""
    states = Counter(it.state for it in checked)
    happened = [f"{states[it]} {it}" for it in STATES if states[it] or it == DATA]
    several = f"{len(checked)} {'query' if len(checked) == 1 else 'queries'}"
    allowed = sum(bool(it.allowed) for it in checked)
    severities = Counter(it.severity for it in found)
    return "; ".join(
        [
            f"{several}: {', '.join(happened)}",
            *([f"{allowed} of them allowed"] if allowed else []),
            ", ".join(counted(severities[it], it) for it in SEVERITIES),
        ]
    )


def _largest(evidence: Iterable[Evidence]) -> list[Count]:
    found = [it for one in evidence for it in counts(one)]
    return sorted(found, key=lambda it: (-it.series, it.metric))[:MOST_COUNTED]


def _group(
    state: str, problem: str, tip: str, allowed: str, places: Sequence[Place]
) -> Iterator[str]:
    fine = state in FINE or allowed
    yield f"{click.style(state, fg='yellow' if fine else 'red')}: {problem}"
    panels = [f"{source}: {dashboard}: {panel}" for source, dashboard, panel in _panels(places)]
    if len(places) == 1:
        yield f"  {places[0]}"
    else:
        several = "one panel or rule" if len(panels) == 1 else f"{len(panels)} panels and rules"
        yield f"  {len(places)} queries of {several}: {named(panels)}"
    yield f"    Allowed: {allowed}" if allowed else f"    Tip: {tip}"


def _panels(places: Iterable[Place]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys((it.source, it.dashboard, it.panel) for it in places))


def _known(evidence: Evidence) -> list[Percentile]:
    """The percentiles of which it is known where they lie, each once."""
    found = {(it.histogram, it.quantile): it for it in reversed(evidence.percentiles)}
    there = evidence.distributions
    return [
        it
        for _, it in sorted(found.items())
        if it.histogram in there and there[it.histogram].knows(it.quantile)
    ]


def _plain(asked: Percentile, evidence: Evidence) -> dict[str, Any]:
    """No bucket's end, and no factor, is none."""
    position = evidence.distributions[asked.histogram].position(asked.quantile)
    numbers = {
        "lower": position.lower,
        "upper": position.upper,
        "error": position.error,
        "factor": position.factor,
    }
    return {
        "histogram": asked.histogram,
        "quantile": asked.quantile,
        **{name: None if value == inf else value for name, value in numbers.items()},
        "last": position.last,
    }


def _where(asked: Percentile, evidence: Evidence) -> str:
    name = asked.histogram
    position = evidence.distributions[name].position(asked.quantile)
    lower, upper = quantity(position.lower, name), quantity(position.upper, name)
    between = f"above {lower}" if position.upper == inf else f"between {lower} and {upper}"
    factor = f", off by up to {position.factor:.3g} times"
    if position.factor == inf:  # from 0 on, nothing bounds how many times too high it is drawn
        factor = "" if position.upper == inf else ", the first bucket: no bound for how far off"
    return f"P{asked.quantile * 100:.10g} of {name}: {between}{factor}"


def _counted(it: Count) -> str:
    largest = sorted(it.labels, key=lambda label: -it.labels[label])
    labels = ", ".join(f"{label} {it.shown(label)}" for label in largest[:3])
    return f"{it.metric}: {it.series} series{f' ({labels})' if labels else ''}"
