"""What `tailboard check` says of each query: whether what it asks for is exposed.

Each selector is compared with the catalogue. A query is as bad as its worst part, but for `a or b`,
which is as good as the better. What Prometheus adds itself is never missing.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from publish.exposition import Catalogue, Exposed, matches
from publish.finding import Place
from publish.promql_reading import CHOOSING, Series, kind, series, variables
from publish.subject import Query, Subject, queries

DATA, EVENTLESS, NO_LABEL = "data", "no such event yet", "no such label"
NO_METRIC, QUERY_ERROR = "no such metric", "query error"
STATES = (DATA, EVENTLESS, NO_LABEL, NO_METRIC, QUERY_ERROR)
"""From the best to the worst."""

SCRAPE = (
    "body_size_bytes duration_seconds sample_limit samples_post_metric_relabeling samples_scraped "
    "series_added timeout_seconds"
)
OWN = {"up", "ALERTS", "ALERTS_FOR_STATE", *(f"scrape_{it}" for it in SCRAPE.split())}
"""The series that Prometheus itself makes, with the labels of targets and alerts."""

ADDED = {"job", "instance", "__name__"}
RELABELLING = {"label_replace", "label_join"}
Labels = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A state, why it is not better, and what to do about it; the worst is the largest."""

    state: str = DATA
    problem: str = ""
    tip: str = ""

    def __lt__(self, other: "Answer") -> bool:
        return STATES.index(self.state) < STATES.index(other.state)


@dataclass(frozen=True)
class Checked:
    """One query and its state."""

    place: Place
    state: str
    problem: str
    tip: str
    expr: str


@dataclass(frozen=True)
class Known:
    """What there is: exposed series, recorded ones, labels that Prometheus adds.

    `said` are added labels of which the user said so: a program's own of that name is stored as
    `exported_...`. `native` are names that are read as native histograms, which text cannot show.
    """

    catalogue: Catalogue
    recorded: frozenset[str]
    added: frozenset[str]
    said: frozenset[str]
    native: frozenset[str]


def check(
    subjects: Iterable[Subject], catalogue: Catalogue, target_labels: Iterable[str] = ()
) -> list[Checked]:
    """The state of every query, in their order."""
    subjects, said = list(subjects), frozenset(target_labels)
    asked = [query for subject in subjects for query in queries(subject)]
    rules = [it for subject in subjects for it in subject.rules]
    recorded = frozenset(str(rule["record"]) for _, rule in rules if "record" in rule)
    native = frozenset(_native(asked))
    native |= {it.name for q, rule in rules if rule.get("record") in native for it in q.selected}
    known = Known(catalogue, recorded, said.union(ADDED, _selecting(asked)), said, native)
    return [_checked(query, known) for query in asked]


def worst(checked: Iterable[Checked]) -> str:
    """The state of a panel or rule: that of its worst query."""
    return max((it.state for it in checked), key=STATES.index, default=DATA)


def _selecting(asked: Iterable[Query]) -> Iterator[str]:
    """The labels that choose among targets: `up` carries no others."""
    selected = (it for query in asked for it in query.selected if it.name in OWN)
    yield from (label for it in selected for label, _, _ in it.matchers)


def _native(asked: Iterable[Query]) -> Iterator[str]:
    selected = (it for query in asked for it in query.selected)
    yield from (it.name for it in selected if any(f.startswith("histogram_") for f in it.within))


def _checked(query: Query, known: Known) -> Checked:
    if query.reading.tree is None:
        problem = f"it is not PromQL: {query.reading.problem}"
        return Checked(query.place, QUERY_ERROR, problem, "correct the expression.", query.text)
    found = _state(query.reading.tree, (), known)
    return Checked(query.place, found.state, found.problem, found.tip, query.text)


def _state(node: Any, by: Labels, known: Known) -> Answer:
    found = kind(node)
    if found in {"VectorSelector", "MatrixSelector"}:
        return _selected(series(node)[0], by, known)
    if found == "BinaryExpr":
        return _of_both(node, by, known)
    if found == "AggregateExpr":
        return _state(node.expr, _aggregated(node, by), known)
    if found == "Call":
        inner = _called(node, by)
        return max((_state(it, inner, known) for it in node.args), default=Answer())
    below = getattr(node, "expr", None)  # parentheses, a sign, a subquery; literals have none
    return _state(below, by, known) if below is not None else Answer()


def _of_both(node: Any, by: Labels, known: Known) -> Answer:
    if getattr(node.modifier, "matching", None):
        by = ()  # either side may give the label
    left, right = _state(node.lhs, by, known), _state(node.rhs, by, known)
    if str(node.op) != "or":
        return max(left, right)
    if _is_zero(node.rhs) and left.state != EVENTLESS:
        return left  # `or 0 * b` says that nothing happened, and would hide a mistake in `a`
    return min(left, right)


def _is_zero(node: Any) -> bool:
    """Whether an alternative only stands for nothing: `0 * b`, `vector(0)`."""
    found = kind(node)
    if found == "BinaryExpr" and str(node.op) == "*":
        return _is_zero(node.lhs) or _is_zero(node.rhs)
    if found == "Call" and node.func.name == "vector":
        return _is_zero(node.args[0])
    if found == "ParenExpr":
        return _is_zero(node.expr)
    return bool(found == "NumberLiteral" and node.val == 0)


def _aggregated(node: Any, by: Labels) -> Labels:
    """Which labels a selector within an aggregation has to have."""
    labels = tuple(node.modifier.labels) if node.modifier else ()
    if node.modifier and not str(node.modifier.type).endswith("By"):
        return tuple(it for it in by if it not in labels)
    return (*by, *labels) if str(node.op) in CHOOSING else labels


def _called(node: Any, by: Labels) -> Labels:
    made = getattr(node.args[1], "val", None) if node.func.name in RELABELLING else None
    return tuple(it for it in by if it != made)


def _selected(asked: Series, by: Labels, known: Known) -> Answer:
    name, there = asked.name, known.catalogue
    if name in known.recorded or name in OWN:
        return Answer()
    if not name:
        return _nameless(asked, by, known)
    if name in known.native and there.families.get(name) == "histogram":
        name = f"{name}_count"
    if name in there.metrics:
        return _labelled(asked, by, there.metrics[name], known)
    if there.silent(asked.name):
        tip = "nothing to do, if it has not happened yet; else see that the program counts it."
        return Answer(EVENTLESS, f"{name} is declared, and has no series yet", tip)
    return Answer(NO_METRIC, f"there is no {asked.name}", _other_name(asked.name, there))


def _other_name(name: str, there: Catalogue) -> str:
    if ":" in name:
        return "name the definition or rule file that records it too, or write such a rule."
    parts = [it for end in ("_bucket", "_count", "_sum") if (it := f"{name}{end}") in there.metrics]
    if parts:
        return f"it is exposed as {', '.join(parts)}."
    near = _nearest(name, (it for it in there.metrics if not there.created(it)))
    return near or "see that the program exposes it; are all programs named with --metrics?"


def _nameless(asked: Series, by: Labels, known: Known) -> Answer:
    """The best of all series whose names match."""
    wanted = [(op, value) for label, op, value in asked.matchers if label == "__name__"]
    names = {*known.catalogue.metrics, *known.recorded, *OWN}
    named = {it for it in names if all(matches(op, value, (it,)) for op, value in wanted)}
    there = {it: known.catalogue.metrics[it] for it in named if it in known.catalogue.metrics}
    if named - {*there}:
        return Answer()
    answers = [_labelled(asked, by, it, known) for _, it in sorted(there.items())]
    tip = "see that a program exposes such a metric."
    return min(answers, default=Answer(NO_METRIC, "no metric has such a name", tip))


def _labelled(asked: Series, by: Labels, exposed: Exposed, known: Known) -> Answer:
    said = [_has(label, exposed, known) for label in by]
    for label, op, value in asked.matchers:
        optional = matches(op, value, ("",)) or bool(variables(value))
        answer = Answer() if optional and label not in known.said else _has(label, exposed, known)
        may = label in known.added or variables(value) or exposed.may_have(label, op, value)
        said.append(answer if may or answer.state != DATA else _valued(label, op, value, exposed))
    return max(said, default=Answer())


def _has(label: str, exposed: Exposed, known: Known) -> Answer:
    if label in known.said and label in exposed.labels:
        tip = f"use exported_{label}; with honor_labels: true, leave --target-label {label} out."
        problem = f"the label {label} is the target's; the program's is exported_{label}"
        return Answer(NO_LABEL, problem, tip)
    own = label.removeprefix("exported_")
    if label in exposed.labels or label in known.added:
        return Answer()
    if own != label and own in exposed.labels:
        tip = f"use {own}; if Prometheus adds a label {own} itself, say --target-label {own}."
        problem = f"no series has the label {label}, but {own}"
        return Answer() if own in known.added else Answer(NO_LABEL, problem, tip)
    near = _nearest(label, exposed.labels) or _listed("it has", exposed.labels)
    tip = f"{near} If Prometheus adds it to targets, say --target-label {label}."
    return Answer(NO_LABEL, f"no series has the label {label}", tip)


def _valued(label: str, op: str, value: str, exposed: Exposed) -> Answer:
    """No series has such a value; of a bucket's bound there never will be."""
    problem = f'no series has {label}{op}"{value}"'
    seen = _listed(
        "there is", sorted(exposed.labels[label].known if label in exposed.labels else ())
    )
    if label == "le":
        return Answer(NO_LABEL, problem, f"choose the bound of a bucket: {seen}")
    return Answer(EVENTLESS, problem, f"nothing to do, if it has not happened yet; {seen}")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.7)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _listed(what: str, names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return f"{what} {', '.join(found[:8]) or 'none'}{more}."
