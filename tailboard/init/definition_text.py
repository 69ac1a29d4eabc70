"""The Python file that `tailboard init` writes: short, formatted, and the team's from then on."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf

from tailboard.init.convention_text import buckets_text, convention_text
from tailboard.init.imports import constants, imports
from tailboard.init.own_metrics import OwnMetrics
from tailboard.init.promises import PERCENTILE, Promises
from tailboard.init.python_text import comment, harmless, literal, wrapped
from tailboard.init.recognised import Recognised
from tailboard.panels import conventions
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.promql import number
from tailboard.panels.service import Service

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Draft:
    """All that a definition declares: the service's name, its jobs, and what was recognised.

    `guessed` is what of it nobody can know but who runs the program: its name, its job.
    """

    name: str
    jobs: Sequence[str]
    recognised: Recognised
    promises: Promises
    own: OwnMetrics
    guessed: tuple[str, ...] = ()


def definition_text(draft: Draft) -> str:
    """The definition's source."""
    body = "\n".join(_body(draft))
    heading = harmless(draft.name)
    return (
        f'"""{heading}: its dashboards and alerts. `tailboard init` began it, you go on."""\n\n'
        f"{imports(body)}\n\n{body}"
    )


def _body(draft: Draft) -> Iterator[str]:
    recognised, service = draft.recognised, _constant(draft)
    convention = "\n".join(convention_text(recognised))
    if buckets := list(buckets_text(recognised)):
        yield from (*buckets, "")
    yield from _missing(recognised)
    yield from _beside(recognised)
    if convention:
        yield from (convention, "")
    arguments = [
        literal(draft.name),
        f"selector={{{literal('job')}: {_jobs(draft.jobs)}}}",
        f"convention={'CONVENTION' if convention else _constant_of(recognised)}",
        *_objectives(draft.promises),
    ]
    yield from _guessed(draft)
    yield from _promised(draft.promises)
    yield wrapped(f"{service} = Service(", arguments, ")")
    yield ""
    yield f"services = [{service}]"
    if draft.own:
        yield ""
        yield from comment("Metrics that no convention knows, and the labels that split them.")
        kinds = {
            "histograms": draft.own.histograms,
            "counters": draft.own.counters,
            "gauges": draft.own.gauges,
        }
        shown = [_mapping(kind, names) for kind, names in kinds.items() if names]
        yield wrapped("dashboard = own(", [service, *shown], ")")
    yield ""


def _constant_of(recognised: Recognised) -> str:
    return recognised.base.known.name.upper() if recognised.base else "CONVENTION"


def _objectives(promises: Promises) -> Iterator[str]:
    kept = []
    if promises.latency is not None:
        kept.append(f"latency={{{number(PERCENTILE)}: {number(promises.latency)}}}")
    if promises.availability is not None:
        kept.append(f"availability={number(promises.availability)}")
    if kept:
        yield wrapped("objectives=Objectives(", kept, ")", 1)


def _guessed(draft: Draft) -> Iterator[str]:
    if draft.guessed:
        what = " and ".join(f"the {it}" for it in draft.guessed)
        verb = "is" if len(draft.guessed) == 1 else "are"
        yield from comment(
            f"First of all: {what} {verb} a guess. Prometheus knows the program by its job; with "
            "another one every panel is empty."
        )


def _promised(promises: Promises) -> Iterator[str]:
    """What there is to say of the latency: why there is none, or where it comes from."""
    if promises.left_out:
        yield from comment(f"No latency is promised: {promises.left_out}.")
    if promises.latency is None:
        return
    if promises.observed is None:
        seen = "nothing was observed"
    elif isinf(promises.observed):
        seen = "the observed P99 lies above the last bucket"
    else:
        seen = f"the observed P99 lies in the bucket up to {number(promises.observed)} s"
    yield from comment(f"The latency is no promise yet: {seen}. Write what you promise.")


def _mapping(kind: str, names: Labels) -> str:
    items = [
        wrapped(f"{literal(name)}: (", [literal(it) for it in by], ",)" if len(by) == 1 else ")", 2)
        for name, by in names.items()
    ]
    return wrapped(f"{kind}={{", items, "}", 1)


def _missing(recognised: Recognised) -> Iterator[str]:
    """What cannot be shown, and why."""
    gone = {c: it.why for c, it in recognised.changes.items() if it.metric is None}
    lacking = [it for it in recognised.missing if it not in gone]
    if {*PROCESS} <= {*gone}:
        yield from comment(
            "There is no process_* and python_*, as with several workers: no CPU, no memory."
        )
        gone = {c: why for c, why in gone.items() if c not in PROCESS}
    if gone:
        yield from comment("Not exposed, so that there are no panels of it:")
        for concept, why in gone.items():
            yield from comment(f"- {concept.name}: {why}", hanging=True)
    if recognised.guesses_workers:
        yield from comment(
            "Multi-process mode is a guess, since there is no process_*. Of a single process it is "
            "PROMETHEUS_CLIENT.evolve(metrics=dict.fromkeys(PROCESS))."
        )
    if lacking and recognised.base:
        names = ", ".join(it.name for it in lacking)
        known = recognised.base.known.name
        yield from comment(f"{known} has no metric for: {names}. Why: tailboard explain {known}")


def _beside(recognised: Recognised) -> Iterator[str]:
    for known in recognised.beside:
        yield from comment(f"Not used: the metrics of {known.name}, which are there too.")


def _jobs(jobs: Sequence[str]) -> str:
    named = [literal(it) for it in jobs]
    return named[0] if len(named) == 1 else f"one_of({', '.join(named)})"


def _constant(draft: Draft) -> str:
    """The name of the service's constant; one that is not taken."""
    slug = Service(draft.name, {"job": "any"}, draft.recognised.convention).slug
    name = slug.replace("-", "_").upper()
    taken = {*constants().values(), *conventions.__all__, "PROCESS", "CONVENTION"}
    usable = name.isidentifier() and not keyword.iskeyword(name) and not name.endswith("_BUCKETS")
    return name if usable and name not in taken else "SERVICE"
