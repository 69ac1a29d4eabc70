"""Transformations between query and panel."""

from typing import Any

from tailboard.preview.data.frame import Field, Frame
from tailboard.preview.data.transformations import apply_transformations


def build_frame(ref_id: str = "A", **columns: tuple[Any, ...]) -> Frame:
    return Frame(
        tuple(
            Field(
                name.replace("_", " "),
                "string" if all(isinstance(value, str) for value in values) else "number",
                values,
            )
            for name, values in columns.items()
        ),
        ref_id,
    )


def list_columns(frame: Frame) -> dict[str, tuple[Any, ...]]:
    return {column.title: column.values for column in frame.fields}


def apply(name: str, *frames: Frame, **options: Any) -> list[dict[str, tuple[Any, ...]]]:
    transformed, unknown = apply_transformations(frames, [{"id": name, "options": options}])
    assert not unknown
    return [list_columns(frame) for frame in transformed]


def test_merge_joins_the_rows_that_agree_in_all_that_they_share() -> None:
    one = build_frame(route=("/a", "/b"), requests=(1, 2))
    other = build_frame(route=("/b", "/c"), errors=(5, 6))
    (merged,) = apply("merge", one, other)
    assert merged == {
        "route": ("/a", "/b", "/c"),
        "requests": (1, 2, None),
        "errors": (None, 5, 6),
    }


def test_organize_leaves_columns_out_and_orders_and_renames_the_others() -> None:
    frame = build_frame(Time=(1,), route=("/a",), Value=(2,))
    (organized,) = apply(
        "organize",
        frame,
        excludeByName={"Time": True},
        indexByName={"Value": 0, "route": 1},
        renameByName={"Value": "Requests"},
    )
    assert list(organized.items()) == [("Requests", (2,)), ("route", ("/a",))]


def test_sort_by_puts_rows_without_a_value_last() -> None:
    frame = build_frame(route=("/a", "/b", "/c"), p99=(1.0, None, 3.0))
    (ordered,) = apply("sortBy", frame, sort=[{"field": "p99", "desc": True}])
    assert ordered["route"] == ("/c", "/a", "/b")


def test_limit_keeps_the_first_rows() -> None:
    assert apply("limit", build_frame(v=(1, 2, 3)), limitField=2) == [{"v": (1, 2)}]


def test_join_by_field_has_one_row_for_each_value() -> None:
    one, other = build_frame(route=("/a", "/b"), x=(1, 2)), build_frame(route=("/b",), y=(3,))
    assert apply("joinByField", one, other, byField="route") == [
        {"route": ("/a", "/b"), "x": (1, 2), "y": (None, 3)}
    ]
    assert apply("joinByField", one, other, byField="route", mode="inner") == [
        {"route": ("/b",), "x": (2,), "y": (3,)}
    ]


def test_reduce_has_a_row_for_each_series() -> None:
    frame = Frame((Field("Value", "number", (1.0, 4.0), {"job": "a"}, "a"),))
    assert apply("reduce", frame, reducers=["max", "mean"]) == [
        {"Field": ("a",), "Max": (4.0,), "Mean": (2.5,)}
    ]


def test_group_by_aggregates_what_is_no_key() -> None:
    frame = build_frame(route=("/a", "/b", "/a"), v=(1, 2, 3))
    fields = {
        "route": {"operation": "groupby"},
        "v": {"operation": "aggregate", "aggregations": ["sum"]},
    }
    assert apply("groupBy", frame, fields=fields) == [{"route": ("/a", "/b"), "v (sum)": (4, 2)}]


def test_rename_by_regex_takes_groups() -> None:
    frame = build_frame(http_requests=(1,))
    renamed = apply("renameByRegex", frame, regex="http (.*)", renamePattern="$1")
    assert renamed == [{"requests": (1,)}]


def test_a_transformation_that_is_unknown_is_named_and_changes_nothing() -> None:
    frame = build_frame(v=(1,))
    transformed, unknown = apply_transformations((frame,), [{"id": "heatmapify"}])
    assert (transformed, unknown) == ((frame,), ["heatmapify"])


def test_a_transformation_that_is_disabled_does_nothing() -> None:
    frame = build_frame(v=(1, 2))
    options = {"id": "limit", "disabled": True, "options": {"limitField": 1}}
    assert apply_transformations((frame,), [options]) == ((frame,), [])
