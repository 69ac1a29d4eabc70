"""The Python file that `tailboard init` writes: short, formatted, and the team's from then on."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from panels import conventions
from panels.concept import Concept
from panels.conventions import buckets
from panels.conventions.process import PROCESS
from panels.promql import number
from panels.service import Service
from publish.recognising.imports import constants, imports, name_of
from publish.recognising.own_metrics import OwnMetrics
from publish.recognising.promises import PERCENTILE, Promises
from publish.recognising.python_text import comment, harmless, literal, wrapped
from publish.recognising.recognition import Change, Recognised
from publish.recognising.variants import Variant

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Draft:
    """All that a definition declares: the service's name, its jobs, and what was recognised."""

    name: str
    jobs: Sequence[str]
    recognised: Recognised
    promises: Promises
    own: OwnMetrics


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
    convention = "\n".join(_convention(recognised))
    if buckets := list(_buckets(recognised)):
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
    yield from _left_out(draft.promises)
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


def _left_out(promises: Promises) -> Iterator[str]:
    if promises.left_out:
        yield from comment(f"No latency is promised: {promises.left_out}.")


def _mapping(kind: str, names: Labels) -> str:
    items = [
        wrapped(f"{literal(name)}: (", [literal(it) for it in by], ",)" if len(by) == 1 else ")", 2)
        for name, by in names.items()
    ]
    return wrapped(f"{kind}={{", items, "}", 1)


def _convention(recognised: Recognised) -> Iterator[str]:
    """How the application varies its convention; nothing where it does not."""
    metrics = _metrics(recognised)
    base = recognised.base
    if base is None:
        own = recognised.convention
        plain = [f"name={literal(own.name)}", f"library={literal(own.library)}"]
        yield wrapped("CONVENTION = Convention(", [*plain, _argument("metrics", metrics)], ")")
        return
    varied, changed = list(_variation(base)), [_argument("metrics", metrics)] if metrics else []
    constant = base.known.name.upper()
    if varied and _source_of_base(recognised) == "RENAMED":
        yield wrapped(f"RENAMED = {constant}.evolve(", varied, ")")
        varied, constant = [], "RENAMED"
    if varied or changed:
        yield wrapped(f"CONVENTION = {constant}.evolve(", [*varied, *changed], ")")


def _variation(base: Variant) -> Iterator[str]:
    if base.prefix:
        yield f"prefix=({literal(base.prefix[0])}, {literal(base.prefix[1])})"
    if base.labels:
        yield _argument("labels", [f"{literal(a)}: {literal(b)}" for a, b in base.labels.items()])


def _source_of_base(recognised: Recognised) -> str:
    """Where the convention's own metrics stand, if a change needs one of them."""
    if recognised.base is None or not any(
        it.metric and it.source is None for it in recognised.changes.values()
    ):
        return ""
    return "RENAMED" if recognised.base.varied else recognised.base.known.name.upper()


def _argument(name: str, items: Sequence[str]) -> str:
    if len(items) == 1 and items[0].startswith("**"):
        return f"{name}={items[0][2:]}"
    return wrapped(f"{name}={{", items, "}", 1)


def _metrics(recognised: Recognised) -> list[str]:
    changes = dict(recognised.changes)
    process = {it: changes[it] for it in PROCESS if it in changes}
    items = []
    for spread, same in (
        ("**dict.fromkeys(PROCESS)", all(it.metric is None for it in process.values())),
        ("**PROCESS", all(it.metric == PROCESS[c] for c, it in process.items())),
    ):
        if len(process) == len(PROCESS) and same:
            items.append(spread)
            changes = {c: it for c, it in changes.items() if c not in PROCESS}
            process = {}
    return items + [_metric(concept, change, recognised) for concept, change in changes.items()]


def _metric(concept: Concept[Any], change: Change, recognised: Recognised) -> str:
    name = name_of(concept)
    if change.metric is None:
        return f"{name}: None"
    known = change.source or (recognised.base and recognised.base.convention())
    old = known.metrics[concept] if known else change.metric
    if PROCESS.get(concept) == old:
        source = f"PROCESS[{name}]"
    else:
        constant = change.source.name.upper() if change.source else _source_of_base(recognised)
        source = f"{constant}.metrics[{name}]"
    if not change.buckets:
        return f"{name}: {source}"
    different = [source, f"buckets={_bounds(concept, change)}"]
    different += ["exact=True"] if not getattr(old, "exact", True) else []
    different += ['caution=""'] if old.caution != change.metric.caution else []
    return wrapped(f"{name}: replace(", different, ")", 2)


def _buckets(recognised: Recognised) -> Iterator[str]:
    """The bounds that have no name yet."""
    for concept, change in recognised.changes.items():
        if change.buckets and change.buckets not in _known_buckets():
            bounds = [number(it) for it in change.buckets]
            yield wrapped(f"{name_of(concept)}_BUCKETS = (", bounds, ")" if bounds[1:] else ",)")


def _bounds(concept: Concept[Any], change: Change) -> str:
    known = _known_buckets().get(change.buckets)
    return f"buckets.{known}" if known else f"{name_of(concept)}_BUCKETS"


@cache
def _known_buckets() -> Mapping[tuple[float, ...], str]:
    """The bounds that libraries come with; the first name of several."""
    named = [(name, it) for name, it in vars(buckets).items() if isinstance(it, tuple)]
    return {it: name for name, it in reversed(named)}


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
