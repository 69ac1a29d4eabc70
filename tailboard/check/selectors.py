"""The state of one selector: whether its metric is exposed, with its labels and their values.

What Prometheus adds itself is never missing.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite

from tailboard.check.states import (
    COLLISION,
    DATA,
    EVENTLESS,
    NO_LABEL,
    NO_METRIC,
    REFUSED,
    Assessment,
)
from tailboard.metrics.catalogue import Catalogue, MetricSeries
from tailboard.metrics.identifiers import mask_value
from tailboard.panels.patterns import has_match
from tailboard.panels.promql import format_number
from tailboard.queries.parser.promql import PLACEHOLDER, Selector, find_variables

SCRAPE_SUFFIXES = (
    "body_size_bytes duration_seconds sample_limit samples_post_metric_relabeling samples_scraped "
    "series_added timeout_seconds"
)
PROMETHEUS_SERIES = {
    "up",
    "ALERTS",
    "ALERTS_FOR_STATE",
    *(f"scrape_{suffix}" for suffix in SCRAPE_SUFFIXES.split()),
}
"""The series that Prometheus itself makes, with the labels of targets and alerts."""

TARGET_LABELS = {"job", "instance"}
"""The labels that every target has."""

ADDED_LABELS = {*TARGET_LABELS, "__name__"}
Labels = tuple[str, ...]

FIXED_LABELS = {"le": "the bound of a bucket", "quantile": "a quantile of the summary"}
"""Labels whose values the program has chosen once and for all."""

FAILURE_LABELS = {"error_type", "error.type"}
"""Labels that only what failed has: https://opentelemetry.io/docs/specs/semconv/general/recording-errors/"""

LEADING_NUMBER = re.compile(r"\d+(\.\d+)?")
Matcher = tuple[str, str]
"""An operator and a value."""

MIN_MISSING_BOUNDS = 3
"""So many bounds that there are not are asked for by a convention, and not by one query."""

PUSHGATEWAY_METRIC = "push_time_seconds"
"""A Pushgateway's own metric; it is scraped with `honor_labels`, so that its own labels win."""


@dataclass(frozen=True)
class Inventory:
    """What there is: exposed series, recorded ones, labels that Prometheus adds.

    `user_labels` are added labels that the user named: a program's own label of that name is stored
    as `exported_...`. `native_histograms` are names that are read as native histograms, which the
    text format cannot show.
    """

    catalogue: Catalogue
    recorded_names: frozenset[str]
    added_labels: frozenset[str]
    user_labels: frozenset[str]
    native_histograms: frozenset[str]
    is_complete: bool = False
    """Whether a server reported all of it."""

    dual_histograms: frozenset[str] = frozenset()
    """Histograms that queries read in both forms, of which a server may have one."""

    bound_matchers: Mapping[str, frozenset[Matcher]] = field(default_factory=dict)
    """Which buckets all queries together ask for, by metric: a finding names all that lack."""


def classify_selector(
    selector: Selector, required_labels: Labels, inventory: Inventory
) -> Assessment:
    """The state of a selector that has to have these labels, its own matchers aside."""
    name, catalogue = selector.name, inventory.catalogue
    if name in inventory.recorded_names or name in PROMETHEUS_SERIES or PLACEHOLDER in name:
        return Assessment()
    if not name:
        return _classify_nameless(selector, required_labels, inventory)
    if name in inventory.native_histograms and catalogue.families.get(name) == "histogram":
        name = f"{name}_count"
    if name in catalogue.metrics:
        return _classify_labels(selector, required_labels, catalogue.metrics[name], inventory)
    if name in catalogue.declarations:
        return max(
            _classify_labels(selector, required_labels, catalogue.declarations[name], inventory),
            _build_eventless(name),
        )
    return _classify_absent(name, selector.name, inventory)


def _classify_absent(name: str, selector_name: str, inventory: Inventory) -> Assessment:
    """The state of a metric without series; `name` is that of the series that are looked for."""
    if refusal := inventory.catalogue.refused_names.get(name):
        problem = f"Prometheus refuses {refusal.source}: {refusal.describe_problem()}"
        return Assessment(REFUSED, problem, "correct what the program writes, or drop it there.")
    if inventory.catalogue.is_eventless(selector_name):
        return _build_eventless(name)
    return Assessment(
        NO_METRIC, f"there is no {selector_name}", _suggest_name(selector_name, inventory)
    )


def _build_eventless(name: str) -> Assessment:
    tip = "nothing to do, if it has not happened yet; else see that the program counts it."
    return Assessment(EVENTLESS, f"{name} is declared, and has no series yet", tip)


def _suggest_name(name: str, inventory: Inventory) -> str:
    catalogue = inventory.catalogue
    if ":" in name:
        return "name the definition or rule file that records it too, or write such a rule."
    parts = [
        series_name
        for suffix in ("_bucket", "_count", "_sum")
        if (series_name := f"{name}{suffix}") in catalogue.names
    ]
    if parts:
        return f"it is exposed as {', '.join(parts)}."
    suggestion = suggest_names(
        name,
        (
            other_name
            for other_name in catalogue.names
            if not catalogue.is_creation_time(other_name)
        ),
    )
    question = "" if inventory.is_complete else "; are all programs named?"
    return suggestion or f"see that the program exposes it{question or '.'}"


def _classify_nameless(
    selector: Selector, required_labels: Labels, inventory: Inventory
) -> Assessment:
    """The best of all series whose names match."""
    name_matchers = [(op, value) for label, op, value in selector.matchers if label == "__name__"]
    names = {*inventory.catalogue.names, *inventory.recorded_names, *PROMETHEUS_SERIES}
    matching_names = {
        name for name in names if all(has_match(op, value, (name,)) for op, value in name_matchers)
    }
    metrics = {
        name: metric for name in matching_names if (metric := inventory.catalogue.find_metric(name))
    }
    if matching_names - {*metrics}:
        return Assessment()
    eventless = inventory.catalogue.declarations.keys() - inventory.catalogue.metrics.keys()
    answers = [
        max(
            _classify_labels(selector, required_labels, metric, inventory),
            _build_eventless(name) if name in eventless else Assessment(),
        )
        for name, metric in sorted(metrics.items())
    ]
    tip = "see that a program exposes such a metric."
    return min(answers, default=Assessment(NO_METRIC, "no metric has such a name", tip))


def _classify_labels(
    selector: Selector, required_labels: Labels, metric: MetricSeries, inventory: Inventory
) -> Assessment:
    assessments = [_classify_label(label, metric, inventory) for label in required_labels]
    for label, op, value in selector.matchers:
        optional = has_match(op, value, ("",)) or bool(find_variables(value))
        answer = (
            Assessment()
            if optional and label not in inventory.user_labels
            else _classify_label(label, metric, inventory)
        )
        program_label = _find_program_label(label, metric, inventory)
        has_value = (
            label in inventory.added_labels
            or find_variables(value)
            or metric.has_possible_match(program_label, op, value)
        )
        assessments.append(
            answer
            if has_value or answer.state != DATA
            else _classify_missing_value(
                selector.name, program_label, (op, value), metric, inventory
            )
        )
        assessments.append(_classify_program_label(label, op, value, metric, inventory))
    return max(assessments, default=Assessment())


def _classify_label(label: str, metric: MetricSeries, inventory: Inventory) -> Assessment:
    if label in inventory.user_labels and label in metric.labels:
        return _build_collision(label)
    program_label = label.removeprefix("exported_")
    if label in metric.labels or label in inventory.added_labels or PLACEHOLDER in label:
        return Assessment()
    if program_label != label and program_label in metric.labels:
        tip = (
            f"use {program_label}; if Prometheus adds a label {program_label} itself, "
            f"say --target-label {program_label}."
        )
        tip = f"use {program_label}." if inventory.is_complete else tip
        problem = f"no series has the label {label}, but {program_label}"
        return (
            Assessment()
            if program_label in inventory.added_labels
            else Assessment(NO_LABEL, problem, tip)
        )
    if label in FAILURE_LABELS:
        tip = f"nothing to do, if nothing has failed yet; {describe_names('it has', metric.labels)}"
        return Assessment(EVENTLESS, f"no series has the label {label} yet", tip)
    suggestion = suggest_names(label, metric.labels) or describe_names("it has", metric.labels)
    hint = f" If Prometheus adds it to targets, say --target-label {label}."
    tip = suggestion if inventory.is_complete else suggestion + hint
    return Assessment(NO_LABEL, f"no series has the label {label}", tip)


def _find_program_label(label: str, metric: MetricSeries, inventory: Inventory) -> str:
    """What the program calls a label that Prometheus stores under another name."""
    program_label = label.removeprefix("exported_")
    return (
        program_label
        if program_label in inventory.added_labels and program_label in metric.labels
        else label
    )


def _classify_program_label(
    label: str, op: str, value: str, metric: MetricSeries, inventory: Inventory
) -> Assessment:
    """Whether a matcher means a program's own job or instance, which the target's hide."""
    if label not in TARGET_LABELS or op != "=" or PUSHGATEWAY_METRIC in inventory.catalogue.metrics:
        return Assessment()
    values = metric.labels.get(label)
    return _build_collision(label) if values and value in values.known_values else Assessment()


def _build_collision(label: str) -> Assessment:
    tip = f"use exported_{label}; with honor_labels: true there is no collision, and nothing to do."
    if label not in TARGET_LABELS:
        tip = f"use exported_{label}; with honor_labels: true, leave --target-label {label} out."
    problem = f"the label {label} is the target's; the program's is exported_{label}"
    return Assessment(COLLISION, problem, tip)


def find_bound_matchers(selectors: Iterable[Selector]) -> dict[str, frozenset[Matcher]]:
    """The buckets that selectors ask for, by metric."""
    matchers_by_metric: dict[str, set[Matcher]] = {}
    for selector in selectors:
        bounds = ((op, value) for label, op, value in selector.matchers if label == "le")
        matchers_by_metric.setdefault(selector.name, set()).update(
            matcher for matcher in bounds if not find_variables(matcher[1])
        )
    return {name: frozenset(matchers) for name, matchers in matchers_by_metric.items() if matchers}


def _classify_missing_value(
    name: str, label: str, matcher: Matcher, metric: MetricSeries, inventory: Inventory
) -> Assessment:
    """No series has such a value; of a bucket's bound or a quantile there never will be."""
    op, value = matcher
    if label == "le" and name:
        return _classify_missing_bounds(
            name, {matcher, *inventory.bound_matchers.get(name, ())}, metric
        )
    problem = f'no series has {label}{op}"{value}"'
    values = sorted(metric.labels[label].known_values if label in metric.labels else ())
    if label in FIXED_LABELS:
        value_list = describe_names("there is", values)
        return Assessment(NO_LABEL, problem, f"choose {FIXED_LABELS[label]}: {value_list}")
    value_list = describe_names("there is", dict.fromkeys(map(mask_value, values)))
    return Assessment(
        EVENTLESS, problem, f"nothing to do, if it has not happened yet; {value_list}"
    )


def _classify_missing_bounds(
    name: str, matchers: Iterable[Matcher], metric: MetricSeries
) -> Assessment:
    """Buckets that a histogram does not have: all that the queries ask for."""
    missing_matchers = sorted(
        (matcher for matcher in matchers if not metric.has_possible_match("le", *matcher)),
        key=_parse_bound,
    )
    problem = describe_names(
        f"{name} has no", [f'le{op}"{value}"' for op, value in missing_matchers]
    )
    available_bounds = metric.labels["le"].known_values if "le" in metric.labels else ()
    tip = f"choose {FIXED_LABELS['le']}: {describe_names('there is', sorted(available_bounds))}"
    if len(missing_matchers) >= MIN_MISSING_BOUNDS and metric.buckets:
        bounds = ", ".join(
            format_number(bound) for bound in sorted(metric.buckets) if isfinite(bound)
        )
        tip = (
            f"{tip[:-1]}; or tell the convention its buckets: .evolve(metrics={{DURATION: replace("
            f"CONVENTION.metrics[DURATION], buckets=({bounds}))}}), as tailboard init writes it."
        )
    return Assessment(NO_LABEL, problem[:-1], tip)


def _parse_bound(bound: Matcher) -> tuple[float, str]:
    match = LEADING_NUMBER.match(bound[1])
    return (float(match[0]) if match else inf), bound[1]


def suggest_names(name: str, names: Iterable[str]) -> str:
    """A question for the names that are like it; empty if there are none."""
    similar = find_similar_names(name, names)
    return f"did you mean {' or '.join(similar)}?" if similar else ""


def find_similar_names(name: str, names: Iterable[str]) -> list[str]:
    """The names that are most like it; none where none is."""
    return difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.7)


def describe_names(intro: str, names: Iterable[str]) -> str:
    """The first of some names, as a sentence."""
    all_names = list(names)
    suffix = f" and {len(all_names) - 8} more" if len(all_names) > 8 else ""
    return f"{intro} {', '.join(all_names[:8]) or 'none'}{suffix}."
