"""Panels in the house style: calls of the kinds that build them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tailboard.convert.canonical import Panel
from tailboard.convert.code import Call, Code, DictCode, ListCode, Literal, TupleCode, build_code
from tailboard.convert.recognition.ready_made import PanelCall
from tailboard.panels import Query, kinds
from tailboard.panels.style import GOOD, NEUTRAL


def list_kind_calls(panels: Sequence[Panel]) -> Iterator[PanelCall]:
    """The calls of kinds that may build some of these panels."""
    for panel in panels:
        build_calls = BUILDERS.get(str(panel.get("type")))
        if build_calls is not None and isinstance(panel.get("title", ""), str):
            yield from build_calls(panel)


def _list_text_calls(panel: Panel) -> Iterator[PanelCall]:
    content = (panel.get("options") or {}).get("content")
    if isinstance(content, str):
        yield _build_call("text", [panel.get("title", ""), content], {})


def _list_timeseries_calls(panel: Panel) -> Iterator[PanelCall]:
    queries = _read_queries(panel)
    if queries is None:
        return
    defaults = _read_defaults(panel)
    minimum = {} if defaults.get("min") == 0 else {"minimum": defaults.get("min")}
    maximum = {"maximum": defaults["max"]} if "max" in defaults else {}
    stacked = {"stacked": True} if (defaults.get("custom") or {}).get("stacking") else {}
    links = {"links": defaults["links"]} if defaults.get("links") else {}
    keywords = {
        **_build_common_keywords(panel),
        **_build_threshold_keywords(defaults, GOOD, GOOD),
        **_build_color_keywords(panel),
        **minimum,
        **maximum,
        **stacked,
        **links,
    }
    yield _build_call("timeseries", [panel.get("title", ""), queries], keywords)


def _list_stat_calls(panel: Panel) -> Iterator[PanelCall]:
    queries = _read_queries(panel)
    if queries is None:
        return
    defaults = _read_defaults(panel)
    decimals = {"decimals": defaults["decimals"]} if "decimals" in defaults else {}
    no_value = defaults.get("noValue", "")
    keywords = {
        **_build_common_keywords(panel),
        **_build_threshold_keywords(defaults, GOOD, NEUTRAL),
        **decimals,
        **({} if no_value == "no data" else {"no_value": no_value}),
    }
    yield _build_call("stat", [panel.get("title", ""), queries], keywords)


def _list_bar_gauge_calls(panel: Panel) -> Iterator[PanelCall]:
    queries = _read_queries(panel)
    if queries is not None:
        keywords = {
            **_build_common_keywords(panel),
            **_build_threshold_keywords(_read_defaults(panel), GOOD, NEUTRAL),
        }
        yield _build_call("bar_gauge", [panel.get("title", ""), queries], keywords)


def _list_heatmap_calls(panel: Panel) -> Iterator[PanelCall]:
    queries = _read_queries(panel)
    if queries is not None and len(queries) == 1:
        unit = ((panel.get("options") or {}).get("yAxis") or {}).get("unit", "")
        keywords = {"description": panel.get("description", ""), "unit": unit}
        yield _build_call("heatmap", [panel.get("title", ""), queries[0]], keywords)


BUILDERS: Mapping[str, Callable[[Panel], Iterator[PanelCall]]] = {
    "bargauge": _list_bar_gauge_calls,
    "heatmap": _list_heatmap_calls,
    "stat": _list_stat_calls,
    "text": _list_text_calls,
    "timeseries": _list_timeseries_calls,
}


def _read_queries(panel: Panel) -> list[Query] | None:
    """The queries of a panel, if each is an expression with a legend."""
    targets = panel.get("targets") or []
    if not targets or not all(
        isinstance(target.get("expr"), str) and isinstance(target.get("legendFormat"), str)
        for target in targets
    ):
        return None
    return [Query(target["expr"], _read_legend(target["legendFormat"])) for target in targets]


def _read_legend(legend: str) -> str:
    return "" if legend == "__auto" else legend


def _read_defaults(panel: Panel) -> Panel:
    defaults = (panel.get("fieldConfig") or {}).get("defaults")
    return defaults if isinstance(defaults, dict) else {}


def _build_common_keywords(panel: Panel) -> dict[str, Any]:
    return {
        "description": panel.get("description", ""),
        "unit": _read_defaults(panel).get("unit", ""),
    }


def _build_threshold_keywords(
    defaults: Panel, base_with_thresholds: str, base_alone: str
) -> dict[str, Any]:
    """The thresholds, and the colour below them where it is not the kind's own."""
    thresholds = defaults.get("thresholds")
    steps = thresholds.get("steps") if isinstance(thresholds, dict) else None
    if not isinstance(steps, list) or not steps:
        return {}
    pairs = [(step.get("value"), step.get("color")) for step in steps[1:] if isinstance(step, dict)]
    base = steps[0].get("color")
    default_base = base_with_thresholds if pairs else base_alone
    return {
        **({"thresholds": pairs} if pairs else {}),
        **({} if base == default_base else {"base": base}),
    }


def _build_color_keywords(panel: Panel) -> dict[str, Any]:
    """The colours of lines by the end of their legends, which are overrides by `/...$/`."""
    colors = {}
    for override in (panel.get("fieldConfig") or {}).get("overrides") or []:
        matcher, properties = override.get("matcher") or {}, override.get("properties") or []
        pattern = str(matcher.get("options", ""))
        if len(properties) != 1 or not pattern.startswith("/") or not pattern.endswith("$/"):
            return {}
        color = properties[0].get("value")
        fixed_color = color.get("fixedColor") if isinstance(color, dict) else None
        colors[pattern[1:-2]] = fixed_color
    return {"colors": colors} if colors else {}


def _build_call(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> PanelCall:
    build: Callable[..., Any] = getattr(kinds, name)
    return PanelCall(
        Call(
            name,
            tuple(_build_argument(argument) for argument in arguments),
            tuple((key, _build_argument(value)) for key, value in keywords.items()),
        ),
        partial(build, *arguments, **keywords),
    )


def _build_argument(value: Any) -> Code:
    if isinstance(value, Query):
        legend = (Literal(value.legend),) if value.legend else ()
        return Call("Query", (Literal(value.expression), *legend))
    if isinstance(value, list):
        return ListCode(tuple(_build_argument(item) for item in value))
    if isinstance(value, tuple):
        return TupleCode(tuple(_build_argument(item) for item in value))
    if isinstance(value, dict):
        items = ((Literal(str(key)), _build_argument(item)) for key, item in value.items())
        return DictCode(tuple(items))
    return build_code(value)
