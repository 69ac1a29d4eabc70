"""What the values of a counter's labels mean: which are successes, which are steps of a funnel."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tailboard.metrics.catalogue import Catalogue, LabelValues

OUTCOME_LABELS = ("outcome", "result", "status", "success")
"""The labels that say how something ended; the first one that a counter has is read."""

STEP_LABELS = ("step", "stage")
MAX_STEPS = 12

SUCCESSES = frozenset(
    "accepted approved complete completed created delivered done finished ok paid passed processed "
    "sent succeeded success successful true yes".split()
)
FAILURES = frozenset(
    "abandoned aborted crashed declined denied dropped error errors exception expired fail failed "
    "failure failures false invalid lost no refused rejected timeout".split()
)
HTTP_STATUS = re.compile(r"[1-5](\d\d|xx)", re.IGNORECASE)
HTTP_SUCCESSES = "[123].."


@dataclass(frozen=True)
class Outcome:
    """The label that says how something ended, and which of its values are a success.

    With a `pattern` a success is what it matches; with `failures` whatever is none of them.
    """

    label: str
    successes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True)
class Steps:
    """The label that names the steps of a funnel, and the steps in the order in which they came."""

    label: str
    names: tuple[str, ...]


def find_outcomes(names: Iterable[str], catalogue: Catalogue) -> Mapping[str, Outcome]:
    """The counters whose successes can be told from what their values are called."""
    outcomes = {}
    for name in names:
        labels = _list_labels(name, catalogue)
        label = next((label for label in OUTCOME_LABELS if label in labels), "")
        if label and (outcome := _read_outcome(label, labels[label])):
            outcomes[name] = outcome
    return outcomes


def find_steps(names: Iterable[str], catalogue: Catalogue) -> Mapping[str, Steps]:
    """The counters of steps, with the order in which the program named them.

    Of a server, which knows no such order, it is the one of their counts.
    """
    steps = {}
    for name in names:
        labels = _list_labels(name, catalogue)
        label = next((label for label in STEP_LABELS if label in labels), "")
        values = labels.get(label, LabelValues())
        if 2 <= len(values.known_values) <= MAX_STEPS and not values.is_incomplete:
            steps[name] = Steps(label, tuple(values.known_values))
    return steps


def describe_success(outcome: Outcome) -> str:
    """Which values are a success, in words."""
    if outcome.pattern:
        return f"what {outcome.pattern!r} matches"
    if outcome.failures:
        return f"all but {', '.join(outcome.failures)}"
    return ", ".join(outcome.successes)


def _list_labels(name: str, catalogue: Catalogue) -> Mapping[str, LabelValues]:
    metric_series = catalogue.metrics.get(name)
    return metric_series.labels if metric_series else {}


def _read_outcome(label: str, values: LabelValues) -> Outcome | None:
    """None where nothing says which values are a success."""
    known_values = sorted(values.known_values)
    if values.is_incomplete or not known_values:
        return None
    if all(HTTP_STATUS.fullmatch(value) for value in known_values):
        return Outcome(label, pattern=HTTP_SUCCESSES)
    successes = tuple(value for value in known_values if value.lower() in SUCCESSES)
    if successes:
        return Outcome(label, successes)
    failures = tuple(value for value in known_values if value.lower() in FAILURES)
    return Outcome(label, failures=failures) if failures else None
