"""Overrides that no series of their panel can have: rests of panels that were copied."""

import re
from collections.abc import Iterator
from typing import Any

from tailboard.convert.canonical import Panel, list_panels
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.panels.query import AUTOMATIC_LEGEND

PANELS_OF_LEGENDS = ("bargauge", "gauge", "piechart", "stat", "timeseries")
"""Panels whose fields are the series of their queries, each with its legend as its name."""

LABEL = re.compile(r"\{\{.*?\}\}")
PLAIN_PATTERN = re.compile(r"/([^\\/?]+)/")
"""A regular expression that means the same in JavaScript and in Python."""

FIELD_NAMES = ("time", "value")
"""How names begin that fields have beside their legends."""

MAX_NAMES = 6
"""How many names and panels a note lists."""


def drop_dead_overrides(document: Document) -> list[str]:
    """Take overrides for names out that no series of their panel can have; the note about them."""
    names: dict[str, None] = {}
    titles: dict[str, None] = {}
    for panel in list_panels(document["panels"]):
        dead_overrides = list_dead_overrides(panel)
        if not dead_overrides:
            continue
        config = panel["fieldConfig"]
        panel["fieldConfig"] = {
            **config,
            "overrides": [entry for entry in config["overrides"] if entry not in dead_overrides],
        }
        titles[str(panel.get("title", ""))] = None
        names |= {entry["matcher"]["options"]: None for entry in dead_overrides}
    if not names:
        return []
    return [
        f"overrides for names that no series of their panel has are left out: {_list_texts(names)} "
        f"in {_list_texts(titles)}"
    ]


def list_dead_overrides(panel: Panel) -> list[Panel]:
    """The overrides for names that no legend of the panel's queries gives.

    None where a name may come from elsewhere: a legend that Grafana chooses, a variable, a table, a
    transformation, an exemplar, a display name.
    """
    config = panel.get("fieldConfig")
    overrides = config.get("overrides") if isinstance(config, dict) else None
    legends = list(_list_legends(panel))
    if not isinstance(overrides, list) or None in legends or not legends:
        return []
    if panel.get("transformations") or "'displayName'" in str(config):
        return []
    expressions = " ".join(query["expr"] for query in panel["targets"])
    if "__name__" in expressions:  # the field of a series may have the name of its metric
        return []
    known_legends = [legend for legend in legends if legend is not None]
    return [entry for entry in overrides if _is_dead(entry, known_legends, expressions)]


def _list_legends(panel: Panel) -> Iterator[str | None]:
    """The legend of each query; None for one that may give other names."""
    is_known = panel.get("type") in PANELS_OF_LEGENDS
    for query in panel.get("targets") or []:
        legend = query.get("legendFormat") if isinstance(query, dict) else None
        is_plain = (
            is_known
            and isinstance(legend, str)
            and is_promql_query(query, panel)
            and isinstance(query["expr"], str)
            and query.get("format", "time_series") == "time_series"
            and not query.get("exemplar")
        )
        if (
            not is_plain
            or not legend
            or legend == AUTOMATIC_LEGEND
            or re.search(r"\$|\[\[", legend)
        ):
            yield None
        else:
            yield legend


def _is_dead(override: Any, legends: list[str], expressions: str) -> bool:
    matcher = override.get("matcher") if isinstance(override, dict) else None
    if not isinstance(matcher, dict) or not isinstance(name := matcher.get("options"), str):
        return False
    if matcher.get("id") == "byName":
        return (
            not name.lower().startswith(FIELD_NAMES)
            and "$" not in name
            and not re.search(rf"\b{re.escape(name)}\b", expressions)
            and not any(_build_pattern(legend).fullmatch(name) for legend in legends)
        )
    pattern = PLAIN_PATTERN.fullmatch(name)
    if matcher.get("id") != "byRegexp" or pattern is None or any(map(LABEL.search, legends)):
        return False
    try:
        return not any(re.search(pattern[1], legend) for legend in legends)
    except re.error:
        return False


def _build_pattern(legend: str) -> re.Pattern[str]:
    """What the names of a legend's series look like: a label may have any value."""
    return re.compile(".*".join(map(re.escape, LABEL.split(legend))), re.DOTALL)


def _list_texts(texts: dict[str, None]) -> str:
    listed = ", ".join(map(repr, list(texts)[:MAX_NAMES]))
    return f"{listed} and {len(texts) - MAX_NAMES} more" if len(texts) > MAX_NAMES else listed
