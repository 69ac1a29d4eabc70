"""How a definition says its convention: the library's, and what the application varies of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from tailboard.init.imports import name_of
from tailboard.init.python_text import literal, wrapped
from tailboard.init.recognised import Change, Recognised
from tailboard.init.variants import Variant
from tailboard.panels.concept import Concept
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.promql import number


def convention_text(recognised: Recognised) -> Iterator[str]:
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
    different = [source, f"buckets={_names_of_buckets(recognised)[change.buckets]}"]
    different += ["exact=True"] if not getattr(old, "exact", True) else []
    different += ['caution=""'] if old.caution != change.metric.caution else []
    return wrapped(f"{name}: replace(", different, ")", 2)


def buckets_text(recognised: Recognised) -> Iterator[str]:
    """The bounds that have no name yet."""
    for several, name in _names_of_buckets(recognised).items():
        if several not in _known_buckets():
            bounds = [number(it) for it in several]
            yield wrapped(f"{name} = (", bounds, ")" if bounds[1:] else ",)")


def _names_of_buckets(recognised: Recognised) -> dict[tuple[float, ...], str]:
    """How the definition calls the bounds that it needs; the same ones have one name."""
    names: dict[tuple[float, ...], str] = {}
    for concept, change in recognised.changes.items():
        if change.buckets:
            known = _known_buckets().get(change.buckets)
            names.setdefault(
                change.buckets, f"buckets.{known}" if known else f"{name_of(concept)}_BUCKETS"
            )
    return names


@cache
def _known_buckets() -> Mapping[tuple[float, ...], str]:
    """The bounds that libraries come with; the first name of several."""
    named = [(name, it) for name, it in vars(buckets).items() if isinstance(it, tuple)]
    return {it: name for name, it in reversed(named)}
