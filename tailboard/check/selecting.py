"""The state of one selector: whether its metric is exposed, with its labels and their values.

What Prometheus adds itself is never missing.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite

from tailboard.check.state import COLLIDES, DATA, EVENTLESS, NO_LABEL, NO_METRIC, Answer
from tailboard.metrics.exposition import Catalogue, Exposed, matches
from tailboard.metrics.identifiers import masked
from tailboard.panels.promql import number
from tailboard.queries.promql_reading import NAME, Series, variables

SCRAPE = (
    "body_size_bytes duration_seconds sample_limit samples_post_metric_relabeling samples_scraped "
    "series_added timeout_seconds"
)
OWN = {"up", "ALERTS", "ALERTS_FOR_STATE", *(f"scrape_{it}" for it in SCRAPE.split())}
"""The series that Prometheus itself makes, with the labels of targets and alerts."""

EVERYWHERE = {"job", "instance"}
"""The labels that every target has."""

ADDED = {*EVERYWHERE, "__name__"}
Labels = tuple[str, ...]

FIXED = {"le": "the bound of a bucket", "quantile": "a quantile of the summary"}
"""Labels whose values the program has chosen once and for all."""

BEGINS = re.compile(r"\d+(\.\d+)?")
Matcher = tuple[str, str]
"""An operator and a value."""

MANY_BOUNDS = 3
"""So many bounds that there are not are asked for by a convention, and not by one query."""

PUSHED = "push_time_seconds"
"""A Pushgateway has it; it is scraped with `honor_labels`, so that its own labels win."""


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
    certain: bool = False
    """Whether a server told all of it."""

    bounds: Mapping[str, frozenset[Matcher]] = field(default_factory=dict)
    """Which buckets all queries together ask for, by metric: what lacks is told at once."""


def selected(asked: Series, by: Labels, known: Known) -> Answer:
    """The state of a selector that has to have these labels, its own matchers aside."""
    name, there = asked.name, known.catalogue
    if name in known.recorded or name in OWN or NAME in name:
        return Answer()
    if not name:
        return _nameless(asked, by, known)
    if name in known.native and there.families.get(name) == "histogram":
        name = f"{name}_count"
    if name in there.metrics:
        return _labelled(asked, by, there.metrics[name], known)
    if name in there.declared:
        return max(_labelled(asked, by, there.declared[name], known), _silent(name))
    if there.silent(asked.name):
        return _silent(name)
    return Answer(NO_METRIC, f"there is no {asked.name}", _other_name(asked.name, known))


def _silent(name: str) -> Answer:
    tip = "nothing to do, if it has not happened yet; else see that the program counts it."
    return Answer(EVENTLESS, f"{name} is declared, and has no series yet", tip)


def _other_name(name: str, known: Known) -> str:
    there = known.catalogue
    if ":" in name:
        return "name the definition or rule file that records it too, or write such a rule."
    parts = [it for end in ("_bucket", "_count", "_sum") if (it := f"{name}{end}") in there.names]
    if parts:
        return f"it is exposed as {', '.join(parts)}."
    near = nearest(name, (it for it in there.names if not there.created(it)))
    unsure = "" if known.certain else "; are all programs named?"
    return near or f"see that the program exposes it{unsure or '.'}"


def _nameless(asked: Series, by: Labels, known: Known) -> Answer:
    """The best of all series whose names match."""
    wanted = [(op, value) for label, op, value in asked.matchers if label == "__name__"]
    names = {*known.catalogue.names, *known.recorded, *OWN}
    named = {it for it in names if all(matches(op, value, (it,)) for op, value in wanted)}
    there = {it: shape for it in named if (shape := known.catalogue.shape(it))}
    if named - {*there}:
        return Answer()
    silent = known.catalogue.declared.keys() - known.catalogue.metrics.keys()
    answers = [
        max(_labelled(asked, by, it, known), _silent(name) if name in silent else Answer())
        for name, it in sorted(there.items())
    ]
    tip = "see that a program exposes such a metric."
    return min(answers, default=Answer(NO_METRIC, "no metric has such a name", tip))


def _labelled(asked: Series, by: Labels, exposed: Exposed, known: Known) -> Answer:
    said = [_has(label, exposed, known) for label in by]
    for label, op, value in asked.matchers:
        optional = matches(op, value, ("",)) or bool(variables(value))
        answer = Answer() if optional and label not in known.said else _has(label, exposed, known)
        own = _programs(label, exposed, known)
        may = label in known.added or variables(value) or exposed.may_have(own, op, value)
        said.append(
            answer
            if may or answer.state != DATA
            else _valued(asked.name, own, (op, value), exposed, known)
        )
        said.append(_own(label, op, value, exposed, known))
    return max(said, default=Answer())


def _has(label: str, exposed: Exposed, known: Known) -> Answer:
    if label in known.said and label in exposed.labels:
        return _collides(label)
    own = label.removeprefix("exported_")
    if label in exposed.labels or label in known.added or NAME in label:
        return Answer()
    if own != label and own in exposed.labels:
        tip = f"use {own}; if Prometheus adds a label {own} itself, say --target-label {own}."
        tip = f"use {own}." if known.certain else tip
        problem = f"no series has the label {label}, but {own}"
        return Answer() if own in known.added else Answer(NO_LABEL, problem, tip)
    near = nearest(label, exposed.labels) or listed("it has", exposed.labels)
    unsure = f" If Prometheus adds it to targets, say --target-label {label}."
    tip = near if known.certain else near + unsure
    return Answer(NO_LABEL, f"no series has the label {label}", tip)


def _programs(label: str, exposed: Exposed, known: Known) -> str:
    """What the program calls a label that Prometheus stores under another name."""
    own = label.removeprefix("exported_")
    return own if own in known.added and own in exposed.labels else label


def _own(label: str, op: str, value: str, exposed: Exposed, known: Known) -> Answer:
    """Whether a matcher means a program's own job or instance, which the target's hide."""
    if label not in EVERYWHERE or op != "=" or PUSHED in known.catalogue.metrics:
        return Answer()
    there = exposed.labels.get(label)
    return _collides(label) if there and value in there.known else Answer()


def _collides(label: str) -> Answer:
    tip = f"use exported_{label}; with honor_labels: true there is no collision, and nothing to do."
    if label not in EVERYWHERE:
        tip = f"use exported_{label}; with honor_labels: true, leave --target-label {label} out."
    problem = f"the label {label} is the target's; the program's is exported_{label}"
    return Answer(COLLIDES, problem, tip)


def bounds_asked(asked: Iterable[Series]) -> dict[str, frozenset[Matcher]]:
    """The buckets that selectors ask for, by metric."""
    found: dict[str, set[Matcher]] = {}
    for it in asked:
        bounds = ((op, value) for label, op, value in it.matchers if label == "le")
        found.setdefault(it.name, set()).update(one for one in bounds if not variables(one[1]))
    return {name: frozenset(it) for name, it in found.items() if it}


def _valued(name: str, label: str, wanted: Matcher, exposed: Exposed, known: Known) -> Answer:
    """No series has such a value; of a bucket's bound or a quantile there never will be."""
    op, value = wanted
    if label == "le" and name:
        return _unbounded(name, {wanted, *known.bounds.get(name, ())}, exposed)
    problem = f'no series has {label}{op}"{value}"'
    values = sorted(exposed.labels[label].known if label in exposed.labels else ())
    if label in FIXED:
        seen = listed("there is", values)
        return Answer(NO_LABEL, problem, f"choose {FIXED[label]}: {seen}")
    seen = listed("there is", dict.fromkeys(map(masked, values)))
    return Answer(EVENTLESS, problem, f"nothing to do, if it has not happened yet; {seen}")


def _unbounded(name: str, asked: Iterable[Matcher], exposed: Exposed) -> Answer:
    """Buckets that a histogram does not have: all that the queries ask for."""
    lacking = sorted((it for it in asked if not exposed.may_have("le", *it)), key=_as_number)
    problem = listed(f"{name} has no", [f'le{op}"{value}"' for op, value in lacking])
    there = exposed.labels["le"].known if "le" in exposed.labels else ()
    tip = f"choose {FIXED['le']}: {listed('there is', sorted(there))}"
    if len(lacking) >= MANY_BOUNDS and exposed.buckets:
        bounds = ", ".join(number(it) for it in sorted(exposed.buckets) if isfinite(it))
        tip = (
            f"{tip[:-1]}; or tell the convention its buckets: .evolve(metrics={{DURATION: replace("
            f"CONVENTION.metrics[DURATION], buckets=({bounds}))}}), as tailboard init writes it."
        )
    return Answer(NO_LABEL, problem[:-1], tip)


def _as_number(bound: Matcher) -> tuple[float, str]:
    found = BEGINS.match(bound[1])
    return (float(found[0]) if found else inf), bound[1]


def nearest(name: str, known: Iterable[str]) -> str:
    """A question for the names that are like it; empty if there are none."""
    near = alike(name, known)
    return f"did you mean {' or '.join(near)}?" if near else ""


def alike(name: str, known: Iterable[str]) -> list[str]:
    """The names that are most like it; none where none is."""
    return difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.7)


def listed(what: str, names: Iterable[str]) -> str:
    """The first of some names, as a sentence."""
    found = list(names)
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return f"{what} {', '.join(found[:8]) or 'none'}{more}."
