"""A panel from the cache is the panel that all passes make."""

from collections.abc import Callable, Iterator
from typing import Any

import attr
import grafanalib.core as grafanalib
import pytest
from grafanalib.core import GridPos, Stat, Target, Threshold, TimeSeries
from grafanalib.elasticsearch import CountMetricAgg, ElasticsearchTarget

from tailboard.dashboards import Dashboard, Row, build_document, document, panel_cache
from tailboard.dashboards.passes.read import convert_panel
from tailboard.panels.kinds import text
from tailboard.panels.query import QueryTarget
from tests.dashboards.sample_dashboards import Json, build_timeseries, catch_definition_error

UNBUILDABLE = {"Repeat", "RowPanel"}


def _list_panel_classes(base: type[Any] = grafanalib.Panel) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        if kind.__module__ == base.__module__ and kind.__name__ not in UNBUILDABLE:
            yield kind
            yield from _list_panel_classes(kind)


def _build_panel(kind: type[Any], number: int) -> Any:
    """A panel of a class with its own words and queries."""
    values = {
        "title": f"Title {number}",
        "description": "" if number == 2 else f"Description {number}",
        "dataSource": "$datasource" if number else None,
        "gridPos": GridPos(h=4, w=6, x=6 * number, y=0) if number else None,
        "id": number or None,
        "targets": [
            Target(expr=f"a{number}", format="table", instant=True, intervalFactor=1),
            {"expr": f'sum({{b="{number}"}})', "hide": False, "refId": "C"},
            Target(expr="c", datasource={"type": "loki", "uid": "logs"}, legendFormat="{{a}}"),
        ][:number],
    }
    names = {field.name for field in attr.fields(kind)}
    required = {
        field.name: "x"
        for field in attr.fields(kind)
        if field.default is attr.NOTHING and field.name not in values
    }
    return kind(**{name: value for name, value in values.items() if name in names}, **required)


def _build_both_ways(
    build: Callable[[], Dashboard], monkeypatch: pytest.MonkeyPatch
) -> tuple[Json, Json]:
    """The document with the cache, and the one that all passes make."""
    with monkeypatch.context() as patch:
        patch.setattr(document, "read_panel", convert_panel)
        long_way = build_document(build())
    return build_document(build()), long_way


@pytest.mark.parametrize(
    "kind", sorted(_list_panel_classes(), key=str), ids=lambda kind: kind.__name__
)
def test_a_panel_from_the_cache_is_the_one_that_all_passes_make(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> Dashboard:
        return Dashboard(
            "Orders", [Row("All", [_build_panel(kind, number) for number in range(4)])]
        )

    cached, long_way = _build_both_ways(build, monkeypatch)
    assert cached == long_way


def test_the_look_of_a_panel_is_converted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "_looks", {})
    panels = [build_timeseries(f"Latency {number}") for number in range(20)]
    build_document(Dashboard("Orders", [Row("All", panels)]))
    assert len(panel_cache._looks) == 1


@pytest.mark.parametrize(
    "look",
    [
        {"extraJson": {"title": "Other"}},
        {"extraJson": {"gridPos": {"h": 3}}},
        {"extraJson": {"id": 7}},
        {"extraJson": {"targets": [{"expr": "other", "legendFormat": ""}]}},
        {"extraJson": {"fieldConfig": {"defaults": {"displayName": panel_cache.MARK}}}},
        {"id": True},
        {"maxDataPoints": 300, "repeat": grafanalib.Repeat("h", "route", 2)},
    ],
)
@pytest.mark.parametrize("word", ["", None, 5, "100 %", "größer", panel_cache.MARK])
def test_words_do_not_change_the_rest_of_a_panel(
    look: Json, word: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> Dashboard:
        panels = [
            TimeSeries(
                **{"title": title, "description": word, **look},
                gridPos=GridPos(h=3 + number, w=12, x=None, y=None),
                targets=[
                    Target(expr="up", legendFormat=title),
                    QueryTarget(**{"expr": word, "legendFormat": word, "fields": {"range": True}}),
                ],
            )
            for number, title in enumerate(["Load", word, "Memory"])
        ]
        return Dashboard("Orders", [Row("All", panels)])

    cached, long_way = _build_both_ways(build, monkeypatch)
    assert cached == long_way


@pytest.mark.parametrize("place", ["title", "expr", "legendFormat"])
def test_half_a_character_is_found_beside_a_known_look(place: str) -> None:
    def build(word: str) -> Dashboard:
        words = {"title": "Load", "expr": "up", "legendFormat": "all", place: word}
        panel = TimeSeries(title=words.pop("title"), targets=[Target(**words)])
        return Dashboard("Orders", [Row("", [panel])])

    build_document(build("good"))
    assert "half a character" in catch_definition_error(build("bad \ud800")).problem


NUMBERS = iter(range(100))


class CountingObject:
    """At the top of a module, so that it can be pickled."""

    def to_json_data(self) -> Json:
        return {"id": str(next(NUMBERS))}


def test_a_class_of_ones_own_may_write_what_its_attributes_do_not_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = iter(range(10))
    monkeypatch.setitem(globals(), "NUMBERS", numbers)

    class Counting(TimeSeries):  # type: ignore[misc]  # grafanalib has no types
        def to_json_data(self) -> Json:
            return {**super().to_json_data(), "interval": f"{next(numbers)}s"}

    class CountingTarget(Target):  # type: ignore[misc]  # as above
        def to_json_data(self) -> Json:
            return {**super().to_json_data(), "interval": f"{next(numbers)}s"}

    panels = [
        *(Counting(title="Load", dataSource="$datasource") for _ in range(2)),
        *(TimeSeries(title="Load", targets=[CountingTarget(expr="up")]) for _ in range(2)),
        *(TimeSeries(title="Load", transformations=[CountingObject()]) for _ in range(2)),
    ]
    built = build_document(Dashboard("Orders", [Row("", panels)]))["panels"]
    assert [panel["interval"] for panel in built[:2]] == ["0s", "1s"]
    assert [panel["targets"][0]["interval"] for panel in built[2:4]] == ["2s", "3s"]
    assert [panel["transformations"] for panel in built[4:]] == [[{"id": "4"}], [{"id": "5"}]]


def test_objects_that_can_be_written_once_alone_are_written_once() -> None:
    target = ElasticsearchTarget(query="status:500", metricAggs=[CountMetricAgg()])
    panels = [TimeSeries(title="Errors", targets=[target])]
    (panel,) = build_document(Dashboard("Orders", [Row("", panels)]))["panels"]
    assert panel["targets"][0]["metrics"][0]["type"] == "count"


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "_looks", {})
    monkeypatch.setattr(panel_cache, "MAX_LOOKS", 3)
    panels = [TimeSeries(title="Latency", lineWidth=width) for width in range(2, 20)]
    built = build_document(Dashboard("Orders", [Row("", panels)]))
    assert len(panel_cache._looks) <= 3
    custom = [panel["fieldConfig"]["defaults"]["custom"] for panel in built["panels"]]
    assert [fields["lineWidth"] for fields in custom] == [*range(2, 20)]


@pytest.mark.parametrize(("first", "second"), [(None, float("nan")), (1, True), (1.0, True)])
def test_values_that_json_writes_alike_are_not_one_look(first: Any, second: Any) -> None:
    def build(limit: Any) -> Dashboard:
        panel = TimeSeries(title="Load", extraJson={"fieldConfig": {"defaults": {"min": limit}}})
        return Dashboard("Orders", [Row("", [panel])])

    build_document(build(first))
    if second is True:
        (panel,) = build_document(build(second))["panels"]
        assert panel["fieldConfig"]["defaults"]["min"] is True
    else:
        assert "nan" in catch_definition_error(build(second)).problem


def test_a_mistake_is_found_beside_a_known_look() -> None:
    panels = [Stat(title=f"P99 {number}", thresholds=[Threshold("red", 0, 0.0)]) for number in "ab"]
    panels[1].thresholds[0].colour = "blue"
    error = catch_definition_error(Dashboard("Orders", [Row("All", panels)]))
    assert error.problem == "a Threshold has no field 'colour'"
    assert error.location == ("dashboard 'Orders'", "row 'All'", "panel 'P99 b'")


@pytest.mark.parametrize("targets", [0, "up", {"a": 1}, [1]])
def test_queries_of_another_shape_are_refused_with_and_without_the_cache(
    targets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dashboard = Dashboard(
        "Orders", [Row("All", [TimeSeries(title="A", extraJson={"targets": targets})])]
    )
    error = catch_definition_error(dashboard)
    monkeypatch.setattr(document, "read_panel", convert_panel)
    assert str(error) == str(catch_definition_error(dashboard))


def test_what_an_object_of_ones_own_writes_is_left_unchanged() -> None:
    content = {"type": "text", "title": "Clock", "options": {"content": "12:00"}}

    class Clock:
        def to_json_data(self) -> Json:
            return content

    for _ in range(2):
        (panel,) = build_document(Dashboard("Orders", [Row("", [Clock()])]))["panels"]
        assert panel["title"] == "Clock"
    assert content["title"] == "Clock"


def test_a_panel_that_holds_a_long_text_is_not_kept() -> None:
    panel_cache._looks.clear()
    for number in range(3):
        words = f"{number} " * 10_000
        dashboard = Dashboard("Long", rows=[Row("", [text("Words", words)])])
        assert build_document(dashboard)["panels"][0]["options"]["content"] == words
    assert not panel_cache._looks
