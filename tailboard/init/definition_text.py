"""The Python file that `tailboard init` writes: short, formatted, and the team's from then on."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf

from tailboard.init.business_text import render_business_arguments
from tailboard.init.convention_text import render_buckets, render_convention
from tailboard.init.imports import list_concept_constants, render_imports
from tailboard.init.objective_proposal import PERCENTILE, ObjectiveProposal
from tailboard.init.own_metrics import OwnMetrics
from tailboard.init.python_text import (
    format_literal,
    format_matcher,
    render_comment,
    sanitize_text,
    wrap_items,
)
from tailboard.init.recognition import Recognition
from tailboard.panels import conventions
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.promql import format_number
from tailboard.panels.selection import HistogramStorage
from tailboard.panels.service import Service

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Draft:
    """All that a definition declares: the service's name, its jobs, and what was recognised.

    `guesses` are what only whoever runs the program knows: its name, its job.
    """

    name: str
    jobs: Sequence[str]
    recognition: Recognition
    objectives: ObjectiveProposal
    own_metrics: OwnMetrics
    guesses: tuple[str, ...] = ()
    histograms: HistogramStorage = "classic"


def render_definition(draft: Draft) -> str:
    """The definition's source."""
    body = "\n".join(_render_body(draft))
    heading = sanitize_text(draft.name)
    return (
        f'"""{heading}: its dashboards and alerts. `tailboard init` began it, you go on."""\n\n'
        f"{render_imports(body)}\n\n{body}"
    )


def _render_body(draft: Draft) -> Iterator[str]:
    recognition, service = draft.recognition, _build_service_constant(draft)
    convention = "\n".join(render_convention(recognition))
    if buckets := list(render_buckets(recognition)):
        yield from (*buckets, "")
    yield from _render_missing(recognition)
    yield from _render_unused_conventions(recognition)
    if convention:
        yield from (convention, "")
    arguments = [
        format_literal(draft.name),
        f"selector={{{format_literal('job')}: {format_matcher(draft.jobs)}}}",
        f"convention={'CONVENTION' if convention else _find_convention_constant(recognition)}",
        *_render_objectives(draft.objectives),
        *(
            []
            if draft.histograms == "classic"
            else [f"histograms={format_literal(draft.histograms)}"]
        ),
    ]
    yield from _render_guesses(draft)
    for sentence in (*draft.objectives.omissions, *draft.objectives.remarks):
        yield from render_comment(sentence)
    yield wrap_items(f"{service} = Service(", arguments, ")")
    yield ""
    yield f"services = [{service}]"
    if draft.own_metrics:
        yield ""
        yield from _render_own_dashboards(draft.own_metrics, service)
    yield ""


def _render_own_dashboards(own_metrics: OwnMetrics, service: str) -> Iterator[str]:
    """The dashboards of metrics that no convention knows."""
    yield from render_comment("Metrics that no convention knows, and the labels that split them.")
    if own_metrics.shares or own_metrics.percentages:
        yield from render_comment(
            "Of shares 1 is the whole, of percentages 100, as their values say."
        )
    mappings = [_render_mapping(kind, names) for kind, names in own_metrics.labels_by_kind.items()]
    own_call = wrap_items("own(", [service, *mappings], ")")
    business_arguments = [*render_business_arguments(own_metrics)]
    if not business_arguments:
        yield wrap_items("dashboard = own(", [service, *mappings], ")")
        return
    if own_metrics.outcomes:
        yield from render_comment(
            "Which values are a success is read from their names. See that it is right."
        )
    if own_metrics.steps:
        yield from render_comment("The steps of the funnel stand in the order in which they came.")
    business_call = wrap_items("business(", [service, *business_arguments], ")")
    yield wrap_items("dashboards = [", [business_call, own_call], "]")


def _find_convention_constant(recognition: Recognition) -> str:
    return recognition.base.library_convention.name.upper() if recognition.base else "CONVENTION"


def _render_objectives(proposal: ObjectiveProposal) -> Iterator[str]:
    objective_arguments = []
    if proposal.latency is not None:
        objective_arguments.append(
            f"latency={{{format_number(PERCENTILE)}: {format_number(proposal.latency)}}}"
        )
    if proposal.availability is not None:
        objective_arguments.append(f"availability={format_number(proposal.availability)}")
    if proposal.queries is not None:
        seconds = proposal.queries
        promise = "" if isinf(seconds) else f"{format_number(PERCENTILE)}: {format_number(seconds)}"
        objective_arguments.append(f"queries={{{promise}}}")
    if proposal.first_token is not None:
        promise = f"{format_number(PERCENTILE)}: {format_number(proposal.first_token)}"
        objective_arguments.append(f"first_token={{{promise}}}")
    if proposal.backlog is not None:
        objective_arguments.append(f"backlog={format_number(proposal.backlog)}")
    if proposal.waiting_requests is not None:
        objective_arguments.append(f"waiting_requests={format_number(proposal.waiting_requests)}")
    if objective_arguments:
        yield wrap_items("objectives=Objectives(", objective_arguments, ")", 1)


def _render_guesses(draft: Draft) -> Iterator[str]:
    if draft.guesses:
        guess_text = " and ".join(f"the {guess}" for guess in draft.guesses)
        verb = "is" if len(draft.guesses) == 1 else "are"
        yield from render_comment(
            f"First of all: {guess_text} {verb} a guess. Prometheus knows the program by its job; "
            "with another one every panel is empty."
        )


def _render_mapping(kind: str, names: Labels) -> str:
    items = [
        wrap_items(
            f"{format_literal(name)}: (",
            [format_literal(label) for label in split_labels],
            ",)" if len(split_labels) == 1 else ")",
            2,
        )
        for name, split_labels in names.items()
    ]
    return wrap_items(f"{kind}={{", items, "}", 1)


def _render_missing(recognition: Recognition) -> Iterator[str]:
    """What cannot be shown, and why."""
    absence_reasons = {
        concept: change.reason
        for concept, change in recognition.changes.items()
        if change.metric is None
    }
    lacking_concepts = [
        concept for concept in recognition.missing if concept not in absence_reasons
    ]
    if {*PROCESS} <= {*absence_reasons}:
        yield from render_comment(
            "There is no process_* and python_*, as with several workers: no CPU, no memory."
        )
        absence_reasons = {
            concept: reason for concept, reason in absence_reasons.items() if concept not in PROCESS
        }
    if absence_reasons:
        yield from render_comment("Not exposed, so that there are no panels of it:")
        for concept, reason in absence_reasons.items():
            yield from render_comment(f"- {concept.name}: {reason}", hanging=True)
    if recognition.is_by_names:
        yield from render_comment(
            "Recognised by names and types alone, since nothing was requested yet: the labels are "
            "those of the library. Run init again when the program has answered some requests."
        )
    if recognition.is_multiprocess_guess:
        yield from render_comment(
            "Multi-process mode is a guess, since there is no process_*. Of a single process it is "
            "PROMETHEUS_CLIENT.evolve(metrics=dict.fromkeys(PROCESS))."
        )
    if lacking_concepts and recognition.base:
        names = ", ".join(concept.name for concept in lacking_concepts)
        convention_name = recognition.base.library_convention.name
        yield from render_comment(
            f"{convention_name} has no metric for: {names}. "
            f"Why: tailboard explain {convention_name}"
        )


def _render_unused_conventions(recognition: Recognition) -> Iterator[str]:
    for convention in recognition.unused_conventions:
        yield from render_comment(
            f"Not used: the metrics of {convention.name}, which are there too."
        )


def _build_service_constant(draft: Draft) -> str:
    """The name of the service's constant; one that is not taken."""
    slug = Service(draft.name, {"job": "any"}, draft.recognition.convention).slug
    name = slug.replace("-", "_").upper()
    reserved_names = {
        *list_concept_constants().values(),
        *conventions.__all__,
        "PROCESS",
        "CONVENTION",
    }
    is_usable = (
        name.isidentifier() and not keyword.iskeyword(name) and not name.endswith("_BUCKETS")
    )
    return name if is_usable and name not in reserved_names else "SERVICE"
