"""The convention in a definition's text: the library's, and the application's variations."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from tailboard.init.imports import find_concept_constant
from tailboard.init.python_text import format_literal, wrap_items
from tailboard.init.recognition import Change, Recognition
from tailboard.init.variants import Variant
from tailboard.panels.concept import Concept
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.metric import Histogram, Metric, Summary
from tailboard.panels.promql import format_number


def render_convention(recognition: Recognition) -> Iterator[str]:
    """How the application varies its convention; nothing where it does not."""
    metrics = _render_metrics(recognition)
    base = recognition.base
    if base is None:
        convention = recognition.convention
        identity_arguments = [
            f"name={format_literal(convention.name)}",
            f"library={format_literal(convention.library)}",
            *([] if convention.has_targets else ["has_targets=False"]),
        ]
        yield wrap_items(
            "CONVENTION = Convention(",
            [*identity_arguments, _render_argument("metrics", metrics)],
            ")",
        )
        return
    variation_arguments, metric_arguments = (
        list(_render_variation(base)),
        [_render_argument("metrics", metrics)] if metrics else [],
    )
    constant = base.library_convention.name.upper()
    if variation_arguments and _find_base_constant(recognition) == "RENAMED":
        yield wrap_items(f"RENAMED = {constant}.evolve(", variation_arguments, ")")
        variation_arguments, constant = [], "RENAMED"
    if variation_arguments or metric_arguments:
        yield wrap_items(
            f"CONVENTION = {constant}.evolve(", [*variation_arguments, *metric_arguments], ")"
        )


def _render_variation(variant: Variant) -> Iterator[str]:
    if variant.prefix:
        yield f"prefix=({format_literal(variant.prefix[0])}, {format_literal(variant.prefix[1])})"
    if variant.labels:
        yield _render_argument(
            "labels",
            [
                f"{format_literal(old_label)}: {format_literal(new_label)}"
                for old_label, new_label in variant.labels.items()
            ],
        )
    if variant.has_targets is not None:
        yield f"has_targets={variant.has_targets}"


def _find_base_constant(recognition: Recognition) -> str:
    """Where the convention's own metrics stand, if a change needs one of them."""
    if recognition.base is None or not any(
        change.metric and change.source is None and not change.is_own
        for change in recognition.changes.values()
    ):
        return ""
    return (
        "RENAMED"
        if recognition.base.is_varied
        else recognition.base.library_convention.name.upper()
    )


def _render_argument(name: str, items: Sequence[str]) -> str:
    if len(items) == 1 and items[0].startswith("**"):
        return f"{name}={items[0][2:]}"
    return wrap_items(f"{name}={{", items, "}", 1)


def _render_metrics(recognition: Recognition) -> list[str]:
    changes = dict(recognition.changes)
    process_changes = {concept: changes[concept] for concept in PROCESS if concept in changes}
    items = []
    for spread, is_same in (
        (
            "**dict.fromkeys(PROCESS)",
            all(change.metric is None for change in process_changes.values()),
        ),
        (
            "**PROCESS",
            all(change.metric == PROCESS[concept] for concept, change in process_changes.items()),
        ),
    ):
        if len(process_changes) == len(PROCESS) and is_same:
            items.append(spread)
            changes = {
                concept: change for concept, change in changes.items() if concept not in PROCESS
            }
            process_changes = {}
    return items + [
        _render_metric(concept, change, recognition) for concept, change in changes.items()
    ]


def _render_metric(concept: Concept[Any], change: Change, recognition: Recognition) -> str:
    name = find_concept_constant(concept)
    if change.metric is None:
        return f"{name}: None"
    if change.is_own:
        return _render_own_metric(name, change.metric, recognition)
    convention = change.source or (recognition.base and recognition.base.build_convention())
    old_metric = convention.metrics[concept] if convention else change.metric
    if PROCESS.get(concept) == old_metric:
        source = f"PROCESS[{name}]"
    else:
        constant = change.source.name.upper() if change.source else _find_base_constant(recognition)
        source = f"{constant}.metrics[{name}]"
    if not change.buckets:
        return f"{name}: {source}"
    replace_arguments = [source, f"buckets={_name_buckets(recognition)[change.buckets]}"]
    replace_arguments += ["exact=True"] if not getattr(old_metric, "exact", True) else []
    replace_arguments += ['caution=""'] if old_metric.caution != change.metric.caution else []
    return wrap_items(f"{name}: replace(", replace_arguments, ")", 2)


def _render_own_metric(constant: str, metric: Metric, recognition: Recognition) -> str:
    """A metric of the application's own, with all that is known of it."""
    labels = [f"Role.{role.name}: {format_literal(label)}" for role, label in metric.labels.items()]
    matchers = [
        f"{format_literal(label)}: {format_literal(str(value))}"
        for label, value in metric.matchers.items()
    ]
    arguments = [format_literal(metric.name)]
    arguments += [f"labels={{{', '.join(labels)}}}"] if labels else []
    arguments += [f"matchers={{{', '.join(matchers)}}}"] if matchers else []
    if isinstance(metric, Histogram | Summary):
        arguments.append(f"unit=Unit.{metric.unit.name}")
    if isinstance(metric, Histogram):
        arguments.append(f"buckets={_name_buckets(recognition)[metric.buckets]}")
    if isinstance(metric, Summary) and metric.quantiles:
        quantiles = ", ".join(format_number(quantile) for quantile in metric.quantiles)
        arguments.append(f"quantiles=({quantiles}{',' if len(metric.quantiles) == 1 else ''})")
    arguments += [f"caution={format_literal(metric.caution)}"] if metric.caution else []
    return wrap_items(f"{constant}: {type(metric).__name__}(", arguments, ")", 2)


def render_buckets(recognition: Recognition) -> Iterator[str]:
    """The bounds that have no name yet."""
    for bucket_bounds, name in _name_buckets(recognition).items():
        if bucket_bounds not in _list_library_buckets():
            bounds = [format_number(bound) for bound in bucket_bounds]
            yield wrap_items(f"{name} = (", bounds, ")" if bounds[1:] else ",)")


def _name_buckets(recognition: Recognition) -> dict[tuple[float, ...], str]:
    """How the definition calls the bounds that it needs; the same ones have one name."""
    names: dict[tuple[float, ...], str] = {}
    for concept, change in recognition.changes.items():
        if change.buckets:
            library_name = _list_library_buckets().get(change.buckets)
            names.setdefault(
                change.buckets,
                f"buckets.{library_name}"
                if library_name
                else f"{find_concept_constant(concept)}_BUCKETS",
            )
    return names


@cache
def _list_library_buckets() -> Mapping[tuple[float, ...], str]:
    """The bounds that libraries come with; the first name of several."""
    named_bounds = [
        (name, bucket_bounds)
        for name, bucket_bounds in vars(buckets).items()
        if isinstance(bucket_bounds, tuple)
    ]
    return {bucket_bounds: name for name, bucket_bounds in reversed(named_bounds)}
