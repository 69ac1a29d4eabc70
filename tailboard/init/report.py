"""What was recognised, as text and as JSON."""

from collections.abc import Iterator
from typing import Any

from tailboard.init.definition_text import Draft
from tailboard.init.outcomes import describe_success
from tailboard.init.own_metrics import ALL_KINDS, OwnMetrics
from tailboard.init.presence import list_metric_series
from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.metric import Metric

STORAGE_TEXTS = {
    "native": "stored natively, and read without buckets",
    "both": "stored natively and in buckets; what is stored both ways is read natively",
}
SINGULARS = {"summaries": "summary"}
MAX_NAMES = 8
"""How many names a line lists."""


def render_report(draft: Draft, catalogue: Catalogue) -> Iterator[str]:
    """The report, as people read it."""
    recognition = draft.recognition
    yield f"{draft.name}: {describe_convention(recognition)}"
    metrics = recognition.convention.metrics
    width = max((len(concept.name) for concept in metrics), default=0)
    for concept, metric in metrics.items():
        event_note = " (no event yet)" if concept in recognition.silent_concepts else ""
        yield f"  {concept.name:{width}}  {_format_metric(metric)}{event_note}"
    if draft.histograms in STORAGE_TEXTS:
        yield f"Histograms: {STORAGE_TEXTS[draft.histograms]}"
    if recognition.missing:
        yield "Missing:"
        yield from (
            f"  {concept.name}: {reason}" for concept, reason in recognition.missing.items()
        )
    for convention in recognition.unused_conventions:
        yield f"Also there, and not used: {convention.library} ({convention.name})"
    yield from _render_own_metrics(draft.own_metrics)
    yield from _render_omissions(draft)
    yield from _render_notes(draft, catalogue)


def describe_convention(recognition: Recognition) -> str:
    """The library, and how the application varies its convention."""
    if recognition.base is None:
        return "no library that is known here"
    base = recognition.base
    variations = [f"prefix {base.prefix[1]}"] if base.prefix else []
    variations += [
        f"{new_label} instead of {old_label}" for old_label, new_label in base.labels.items()
    ]
    if base.has_targets is not None:
        variations.append("scraped" if base.has_targets else "pushed, without up")
    variation_text = f", {', '.join(variations)}" if variations else ""
    guess_note = (
        ", a guess, since there is no process_*" if recognition.is_multiprocess_guess else ""
    )
    convention = base.library_convention
    return f"{convention.library} (convention {convention.name}{variation_text}{guess_note})"


def _format_metric(metric: Metric) -> str:
    labels = ", ".join(dict.fromkeys((*metric.labels.values(), *metric.matchers)))
    plain_names = [
        series_name
        for series_name in list_metric_series(metric)
        if not series_name.startswith(f"{metric.name}_")
    ]
    return f"{' and '.join(plain_names) or metric.name}{f'{{{labels}}}' if labels else ''}"


def _render_own_metrics(own_metrics: OwnMetrics) -> Iterator[str]:
    """Each metric of the application's own, by which labels it is split, and what those mean."""
    for kind, names in own_metrics.labels_by_kind.items():
        for name, split_labels in names.items():
            split = f" by {', '.join(split_labels)}" if split_labels else ""
            yield f"Own {SINGULARS.get(kind, kind.removesuffix('s'))}: {name}{split}"
    for name, outcome in own_metrics.outcomes.items():
        yield f"Success ratio: {name} by {outcome.label}, {describe_success(outcome)} succeeded"
    for name, steps in own_metrics.steps.items():
        yield f"Funnel: {name} by {steps.label}, in the order seen: {', '.join(steps.names)}"


def _render_omissions(draft: Draft) -> Iterator[str]:
    """The metrics without a panel, by reason."""
    names_by_reason: dict[str, list[str]] = {}
    for name, reason in draft.own_metrics.omissions.items():
        names_by_reason.setdefault(reason, []).append(name)
    for reason, names in names_by_reason.items():
        remainder = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        yield f"Without a panel: {', '.join(names[:MAX_NAMES])}{remainder} ({reason})"


def _render_notes(draft: Draft, catalogue: Catalogue) -> Iterator[str]:
    silent_families = sorted(
        family for family in catalogue.families if catalogue.is_eventless(family)
    )
    if draft.recognition.is_by_names:
        yield (
            "Note: recognised by names and types alone, since nothing was requested yet: let the "
            "program answer a few requests and run init again, which reads the labels too."
        )
    if draft.recognition.expected_convention:
        yield (
            f"Note: it looks like {draft.recognition.expected_convention} before its first "
            "request: let the program answer a few requests and run init again."
        )
    if draft.recognition.base is None and silent_families:
        yield (
            f"Note: {', '.join(silent_families[:MAX_NAMES])} had no event yet; "
            "let the program answer a few requests and run init again."
        )
    yield from (f"Note: {sentence}" for sentence in draft.objectives.omissions)


def build_report_json(draft: Draft, catalogue: Catalogue) -> dict[str, Any]:
    """The report, as programs read it."""
    recognition, base = draft.recognition, draft.recognition.base
    return {
        "service": draft.name,
        "jobs": list(draft.jobs),
        "convention": base.library_convention.name if base else None,
        "prefix": base.prefix[1] if base and base.prefix else None,
        "labels": dict(base.labels) if base else {},
        "histograms": draft.histograms,
        "found": [
            {
                "concept": concept.name,
                "metrics": [
                    series_name
                    for series_name in list_metric_series(metric)
                    if series_name in catalogue.metrics or catalogue.is_eventless(series_name)
                ],
                "labels": [*metric.labels.values()],
                "state": "no event yet" if concept in recognition.silent_concepts else "found",
            }
            for concept, metric in recognition.convention.metrics.items()
        ],
        "missing": [
            {"concept": concept.name, "why": reason}
            for concept, reason in recognition.missing.items()
        ],
        "beside": [convention.name for convention in recognition.unused_conventions],
        "own": {kind: dict(getattr(draft.own_metrics, kind)) for kind in ALL_KINDS},
        "outcomes": {
            name: {"label": outcome.label, "success": describe_success(outcome)}
            for name, outcome in draft.own_metrics.outcomes.items()
        },
        "steps": {
            name: {"label": steps.label, "steps": [*steps.names]}
            for name, steps in draft.own_metrics.steps.items()
        },
        "without_panel": dict(draft.own_metrics.omissions),
        "objectives": {
            "latency": draft.objectives.latency,
            "availability": draft.objectives.availability,
            "omissions": [*draft.objectives.omissions],
        },
    }
