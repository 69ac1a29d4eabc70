"""Ready-made panels of metrics that no convention knows: calls that name the metric themselves."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.convert.code import Call, Code, Name, build_code
from tailboard.convert.recognition.ready_made import PanelCall
from tailboard.panels import Service, business, own
from tailboard.panels.metric_names import format_title
from tailboard.queries.parser.promql import Selector, find_selectors, parse_expression

TITLES = {
    own.percentiles: ": percentiles",
    own.observations: ": how often",
    own.mean: ": mean",
    own.instance_quantiles: ": quantiles by instance",
    own.value: "",
    own.share: "",
}
"""What each builder puts behind the title."""

SUFFIXES = ("_bucket", "_count", "_sum")
MAX_PANELS = 200


def list_named_calls(
    panels: Sequence[Panel], services: Sequence[tuple[str, Service]]
) -> Iterator[PanelCall]:
    """The calls that may have built panels of a document, by their metrics, labels and titles."""
    for panel in [*list_panels(panels)][:MAX_PANELS]:
        title = str(panel.get("title", ""))
        queries = [
            query
            for query in panel.get("targets") or []
            if isinstance(query, dict) and isinstance(query.get("expr"), str)
        ]
        selectors = [_find_selectors(query["expr"]) for query in queries]
        if not title or not selectors or not all(selectors):
            continue
        for name, service in services:
            yield from _list_calls(name, service, title, selectors[0][0])
            yield from _list_ratio_calls(name, service, title, selectors[0])
            if len(queries) > 1:
                legends = [str(query.get("legendFormat", "")) for query in queries]
                yield _build_funnel_call(name, service, title, legends, selectors)


def _find_selectors(expression: str) -> list[Selector]:
    tree: Any = parse_expression(expression).tree
    return [] if tree is None else [selector for selector in find_selectors(tree) if selector.name]


def _list_calls(name: str, service: Service, title: str, selector: Selector) -> Iterator[PanelCall]:
    labels = [label for label in selector.by_labels or () if label not in (*service.by, "le")]
    metric = selector.name
    base = metric
    for suffix in SUFFIXES:
        base = base.removesuffix(suffix)
    by: dict[str, Any] = {"by": labels} if labels else {}
    yield _build_call("business.rate", business.rate, name, service, [title, metric], by)
    for builder, ending in TITLES.items():
        if not title.endswith(ending):
            continue
        prefix = title.removesuffix(ending)
        subject = metric if builder in (own.value, own.share) else base
        keywords = {} if prefix == format_title(subject) else {"title": prefix}
        has_labels = builder not in (own.percentiles, own.instance_quantiles)
        arguments = {**keywords, **(by if has_labels else {})}
        path = f"own.{builder.__name__}"
        yield _build_call(path, builder, name, service, [subject], arguments)
        if builder is own.observations:
            summary = {**arguments, "is_summary": True}
            yield _build_call(path, builder, name, service, [subject], summary)
        if builder is own.share:
            yield _build_call(path, builder, name, service, [subject], {"whole": 100, **arguments})
    ending = f": P99 by {' and '.join(labels)}"
    if labels and title.endswith(ending):
        prefix = title.removesuffix(ending)
        keywords = {} if prefix == format_title(base) else {"title": prefix}
        yield _build_call(
            "own.percentile_by", own.percentile_by, name, service, [base, labels], keywords
        )


def _list_ratio_calls(
    name: str, service: Service, title: str, selectors: Sequence[Selector]
) -> Iterator[PanelCall]:
    ending = ": success ratio"
    if title.endswith(ending) and len(selectors) > 1:
        success_labels = _find_own_labels(selectors[0], selectors[1])
        arguments = [title.removesuffix(ending), selectors[0].name, success_labels]
        yield _build_call(
            "business.success_ratio", business.success_ratio, name, service, arguments, {}
        )


def _build_funnel_call(
    name: str,
    service: Service,
    title: str,
    legends: Sequence[str],
    selectors: Sequence[Sequence[Selector]],
) -> PanelCall:
    """The funnel whose steps are the queries, each with the labels that only it compares."""
    common = set.intersection(*({*query[0].matchers} for query in selectors))
    prefix = f"{service.legend} " if service.by else ""
    steps = {
        legend.removeprefix(prefix): (
            query[0].name,
            {
                label: value
                for label, operator, value in query[0].matchers
                if (label, operator, value) not in common and operator == "="
            },
        )
        for legend, query in zip(legends, selectors, strict=True)
    }
    return _build_call("business.funnel", business.funnel, name, service, [title, steps], {})


def _find_own_labels(selector: Selector, other_selector: Selector) -> dict[str, str]:
    """The labels that a selector compares and the other does not."""
    return {
        label: value
        for label, operator, value in selector.matchers
        if (label, operator, value) not in other_selector.matchers and operator == "="
    }


def _build_call(
    path: str,
    build: Any,
    name: str,
    service: Service,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
) -> PanelCall:
    argument_codes: tuple[Code, ...] = tuple(build_code(argument) for argument in arguments)
    keyword_codes = tuple((key, build_code(value)) for key, value in keywords.items())
    return PanelCall(
        Call(path, (Name(name), *argument_codes), keyword_codes),
        partial(build, service, *arguments, **keywords),
        tuple(arguments),
        keywords,
    )
