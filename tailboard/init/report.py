"""What was recognised, told to people and to programs."""

from collections.abc import Iterator
from typing import Any

from tailboard.init.definition_text import Draft
from tailboard.init.presence import series_names
from tailboard.init.recognised import Recognised
from tailboard.metrics.exposition import Catalogue
from tailboard.panels.metric import Metric

FEW = 8
"""How many names are told of many."""


def told(draft: Draft, there: Catalogue) -> Iterator[str]:
    """The report, as people read it."""
    recognised = draft.recognised
    yield f"{draft.name}: {convention_told(recognised)}"
    metrics = recognised.convention.metrics
    width = max((len(it.name) for it in metrics), default=0)
    for concept, metric in metrics.items():
        silent = " (no event yet)" if concept in recognised.silent else ""
        yield f"  {concept.name:{width}}  {_named(metric)}{silent}"
    if recognised.missing:
        yield "Missing:"
        yield from (f"  {concept.name}: {why}" for concept, why in recognised.missing.items())
    for known in recognised.beside:
        yield f"Also there, and not used: {known.library} ({known.name})"
    for kind, names in _own(draft).items():
        for name, by in names.items():
            yield f"Own {kind}: {name}{' by ' + ', '.join(by) if by else ''}"
    yield from _unshown(draft)
    yield from _warned(draft, there)


def convention_told(recognised: Recognised) -> str:
    """The library, and how the application varies its convention."""
    if recognised.base is None:
        return "no library that is known here"
    base = recognised.base
    varied = [f"prefix {base.prefix[1]}"] if base.prefix else []
    varied += [f"{new} instead of {old}" for old, new in base.labels.items()]
    with_ = f", {', '.join(varied)}" if varied else ""
    guess = ", a guess, since there is no process_*" if recognised.guesses_workers else ""
    return f"{base.known.library} (convention {base.known.name}{with_}{guess})"


def _named(metric: Metric) -> str:
    labels = ", ".join(dict.fromkeys((*metric.labels.values(), *metric.matchers)))
    plain = [it for it in series_names(metric) if not it.startswith(f"{metric.name}_")]
    return f"{' and '.join(plain) or metric.name}{f'{{{labels}}}' if labels else ''}"


def _own(draft: Draft) -> dict[str, Any]:
    own = draft.own
    return {"histogram": own.histograms, "counter": own.counters, "gauge": own.gauges}


def _unshown(draft: Draft) -> Iterator[str]:
    """The metrics without a panel, by reason."""
    by_reason: dict[str, list[str]] = {}
    for name, why in draft.own.unshown.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        yield f"Without a panel: {', '.join(names[:FEW])}{more} ({why})"


def _warned(draft: Draft, there: Catalogue) -> Iterator[str]:
    silent = sorted(it for it in there.families if there.silent(it))
    if draft.recognised.base is None and silent:
        yield (
            f"Note: {', '.join(silent[:FEW])} had no event yet; let the program answer a few "
            "requests and run init again."
        )
    if draft.promises.left_out:
        yield f"Note: no latency is promised: {draft.promises.left_out}."


def as_json(draft: Draft, there: Catalogue) -> dict[str, Any]:
    """The report, as programs read it."""
    recognised, base = draft.recognised, draft.recognised.base
    return {
        "service": draft.name,
        "jobs": list(draft.jobs),
        "convention": base.known.name if base else None,
        "prefix": base.prefix[1] if base and base.prefix else None,
        "labels": dict(base.labels) if base else {},
        "found": [
            {
                "concept": concept.name,
                "metrics": [
                    it for it in series_names(metric) if it in there.metrics or there.silent(it)
                ],
                "labels": [*metric.labels.values()],
                "state": "no event yet" if concept in recognised.silent else "found",
            }
            for concept, metric in recognised.convention.metrics.items()
        ],
        "missing": [{"concept": it.name, "why": why} for it, why in recognised.missing.items()],
        "beside": [it.name for it in recognised.beside],
        "own": {f"{kind}s": dict(names) for kind, names in _own(draft).items()},
        "without_panel": dict(draft.own.unshown),
        "objectives": {
            "latency": draft.promises.latency,
            "availability": draft.promises.availability,
        },
    }
