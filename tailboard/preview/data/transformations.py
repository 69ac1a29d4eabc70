"""Transformations of data between the query and the panel, one function each."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tailboard.dashboards.schema_v2.values import JsonObject, list_objects, read_object, read_text
from tailboard.preview.data.field_config import compile_pattern
from tailboard.preview.data.frame import TIME_FIELD, Field, Frame
from tailboard.preview.data.reducers import TITLES, reduce_values

Frames = tuple[Frame, ...]
Transformation = Callable[[Frames, JsonObject], Frames]

JAVASCRIPT_GROUP = re.compile(r"\$(\d+|&)")


def apply_transformations(
    frames: Frames, transformations: Iterable[JsonObject]
) -> tuple[Frames, list[str]]:
    """The frames after all transformations, and the names of those that are unknown here."""
    unknown_names = []
    for transformation in transformations:
        name = read_text(transformation.get("id"))
        if transformation.get("disabled") is True:
            continue
        if name in TRANSFORMATIONS:
            options = read_object(transformation.get("options"))
            selected_frames, other_frames = _select_frames(
                frames, read_object(transformation.get("filter"))
            )
            frames = (*TRANSFORMATIONS[name](selected_frames, options), *other_frames)
        else:
            unknown_names.append(name or "without a name")
    return frames, unknown_names


def _select_frames(frames: Frames, matcher: JsonObject) -> tuple[Frames, Frames]:
    """The frames that a transformation's filter chooses, and the others."""
    pattern = (
        compile_pattern(read_text(matcher.get("options")))
        if matcher.get("id") == "byRefId"
        else None
    )
    if pattern is None:
        return frames, ()
    selected = tuple(frame for frame in frames if pattern.fullmatch(frame.ref_id))
    return selected, tuple(frame for frame in frames if frame not in selected)


def _merge(frames: Frames, _: JsonObject) -> Frames:
    """One table: rows that agree in all that they share become one."""
    columns: dict[str, Field] = {}
    rows: list[dict[str, Any]] = []
    for frame in frames:
        names = [column.title for column in frame.fields]
        for column in frame.fields:
            columns.setdefault(column.title, column)
        for number in range(frame.length):
            rows.append(
                {
                    name: column.values[number]
                    for name, column in zip(names, frame.fields, strict=True)
                }
            )
    merged_rows: list[dict[str, Any]] = []
    rows_by_key: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    key_names = _find_common_names(frames)
    for row in rows:
        key = tuple(row.get(name) for name in key_names)
        candidates = rows_by_key.setdefault(key, [])
        target = next((other for other in candidates if _is_mergeable(other, row)), None)
        if target is None:
            candidates.append(row)
            merged_rows.append(row)
        else:
            target.update(row)
    return _build_table(columns, merged_rows)


def _find_common_names(frames: Frames) -> list[str]:
    if not frames:
        return []
    names = [column.title for column in frames[0].fields]
    others = [{column.title for column in frame.fields} for frame in frames[1:]]
    return [name for name in names if all(name in titles for titles in others)]


def _is_mergeable(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(other[name] == value for name, value in row.items() if name in other)


def _build_table(columns: Mapping[str, Field], rows: Iterable[Mapping[str, Any]]) -> Frames:
    rows = list(rows)
    return (
        Frame(
            tuple(
                replace(column, values=tuple(row.get(name) for row in rows))
                for name, column in columns.items()
            )
        ),
    )


def _organize(frames: Frames, options: JsonObject) -> Frames:
    """Columns left out, in another order, and renamed."""
    excluded = read_object(options.get("excludeByName"))
    included = read_object(options.get("includeByName"))
    order = read_object(options.get("indexByName"))
    names = read_object(options.get("renameByName"))

    def organize_frame(frame: Frame) -> Frame:
        fields = [
            column
            for column in frame.fields
            if not excluded.get(column.title) and (not included or included.get(column.title))
        ]
        fields.sort(key=lambda column: _read_index(order.get(column.title)))
        return replace(
            frame,
            fields=tuple(
                _rename(column, read_text(names.get(column.title)) or column.title)
                for column in fields
            ),
        )

    return tuple(map(organize_frame, frames))


def _read_index(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return math.inf
    return float(value)


def _rename(column: Field, name: str) -> Field:
    return replace(column, display_name=name) if name != column.title else column


def _sort_by(frames: Frames, options: JsonObject) -> Frames:
    entry = next(iter(list_objects(options.get("sort"))), {})
    name, is_descending = read_text(entry.get("field")), entry.get("desc") is True
    return tuple(sort_frame(frame, name, is_descending=is_descending) for frame in frames)


def sort_frame(frame: Frame, name: str, *, is_descending: bool) -> Frame:
    """The frame sorted by a column; rows without a value come last."""
    column = next((column for column in frame.fields if column.title == name), None)
    if column is None:
        return frame
    rows = [*range(frame.length)]
    present = [row for row in rows if _is_present(column.values[row])]
    absent = [row for row in rows if not _is_present(column.values[row])]
    present.sort(
        key=lambda row: (isinstance(column.values[row], str), column.values[row]),
        reverse=is_descending,
    )
    return frame.select_rows([*present, *absent])


def _is_present(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _limit(frames: Frames, options: JsonObject) -> Frames:
    limit = options.get("limitField", 10)
    try:
        count = max(int(limit), 0)
    except (TypeError, ValueError, OverflowError):
        return frames
    return tuple(frame.select_rows([*range(min(frame.length, count))]) for frame in frames)


def _join_by_field(frames: Frames, options: JsonObject) -> Frames:
    """One row for each value of a column, which is the time where none is named."""
    name = read_text(options.get("byField")) or TIME_FIELD
    is_inner = options.get("mode") == "inner"
    columns: dict[str, Field] = {}
    rows: dict[Any, dict[str, Any]] = {}
    key_sets: list[set[Any]] = []
    for number, frame in enumerate(frames):
        key = next((column for column in frame.fields if column.title == name), None)
        if key is None:
            continue
        key_sets.append(set(key.values))
        columns.setdefault(name, key)
        for column in frame.fields:
            if column is key:
                continue
            title = column.title if column.title not in columns else f"{column.title} {number + 1}"
            columns[title] = replace(column, display_name=title)
            for key_value, value in zip(key.values, column.values, strict=True):
                rows.setdefault(key_value, {name: key_value})[title] = value
    if not columns:
        return frames
    joined = [
        row
        for key_value, row in rows.items()
        if not is_inner or all(key_value in keys for keys in key_sets)
    ]
    if columns[name].kind != "string":
        joined.sort(key=lambda row: (row[name] is None, row[name] or 0))
    return _build_table(columns, joined)


def _filter_fields(frames: Frames, options: JsonObject) -> Frames:
    included, excluded = (read_object(options.get(name)) for name in ("include", "exclude"))

    def is_kept(column: Field) -> bool:
        if included and not _is_listed(column, included):
            return False
        return not (excluded and _is_listed(column, excluded))

    return tuple(
        replace(frame, fields=tuple(column for column in frame.fields if is_kept(column)))
        for frame in frames
    )


def _is_listed(column: Field, matcher: JsonObject) -> bool:
    names = matcher.get("names")
    pattern = compile_pattern(read_text(matcher.get("pattern"))) if matcher.get("pattern") else None
    return (isinstance(names, list) and column.title in names) or bool(
        pattern and pattern.search(column.title)
    )


def _reduce(frames: Frames, options: JsonObject) -> Frames:
    """A row for each series, or each field made one number (`mode: reduceFields`)."""
    names = options.get("reducers")
    reducers = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    reducers = reducers or ["lastNotNull"]
    if options.get("mode") == "reduceFields":
        return tuple(
            Frame(
                tuple(
                    replace(column, values=(reduce_values(column.values, reducers[0]),))
                    for column in frame.numbers
                ),
                frame.ref_id,
            )
            for frame in frames
        )
    series = [column for frame in frames for column in frame.numbers]
    has_labels = options.get("labelsToFields") is True
    labels = list(dict.fromkeys(label for column in series for label in column.labels))
    label_fields = [
        Field(label, "string", tuple(column.labels.get(label) for column in series))
        for label in (labels if has_labels else ())
    ]
    return (
        Frame(
            (
                Field("Field", "string", tuple(column.title for column in series)),
                *label_fields,
                *(
                    Field(
                        TITLES.get(name, name),
                        "number",
                        tuple(reduce_values(column.values, name) for column in series),
                    )
                    for name in reducers
                ),
            )
        ),
    )


def _convert_labels(frames: Frames, options: JsonObject) -> Frames:
    """The labels of a series as columns beside its values."""
    listed = options.get("keepLabels")

    def convert_frame(frame: Frame) -> Frame:
        labels: dict[str, str] = {}
        for column in frame.numbers:
            labels.update(column.labels)
        names = [name for name in labels if not isinstance(listed, list) or name in listed]
        return Frame(
            (
                *(column for column in frame.fields if column.kind != "number"),
                *(Field(name, "string", (labels[name],) * frame.length) for name in names),
                *(replace(column, labels={}, display_name="") for column in frame.numbers),
            ),
            frame.ref_id,
        )

    return _merge(tuple(map(convert_frame, frames)), {})


def _rename_by_regex(frames: Frames, options: JsonObject) -> Frames:
    pattern = compile_pattern(read_text(options.get("regex")))
    replacement = JAVASCRIPT_GROUP.sub(
        lambda match: rf"\g<{0 if match[1] == '&' else match[1]}>",
        read_text(options.get("renamePattern")).replace("\\", r"\\"),
    )
    if pattern is None:
        return frames

    def rename_field(column: Field) -> Field:
        try:
            return _rename(column, pattern.sub(replacement, column.title, count=1))
        except (re.error, IndexError):
            return column

    return tuple(replace(frame, fields=tuple(map(rename_field, frame.fields))) for frame in frames)


def _group_by(frames: Frames, options: JsonObject) -> Frames:
    """A row for each combination of the grouped columns, the others aggregated."""
    settings = read_object(options.get("fields"))

    def group_frame(frame: Frame) -> Frame:
        operations = {
            column.title: read_object(settings.get(column.title)) for column in frame.fields
        }
        keys = [
            column
            for column in frame.fields
            if operations[column.title].get("operation") == "groupby"
        ]
        rows: dict[tuple[Any, ...], list[int]] = {}
        for row in range(frame.length):
            rows.setdefault(tuple(column.values[row] for column in keys), []).append(row)
        aggregated = [
            replace(
                column,
                display_name=f"{column.title} ({name})",
                kind="number",
                values=tuple(
                    reduce_values(tuple(column.values[row] for row in numbers), name)
                    for numbers in rows.values()
                ),
            )
            for column in frame.fields
            if operations[column.title].get("operation") == "aggregate"
            for name in operations[column.title].get("aggregations") or ()
            if isinstance(name, str)
        ]
        grouped = [
            replace(column, values=tuple(key[number] for key in rows))
            for number, column in enumerate(keys)
        ]
        return Frame((*grouped, *aggregated), frame.ref_id)

    return tuple(map(group_frame, frames))


TRANSFORMATIONS: Mapping[str, Transformation] = {
    "merge": _merge,
    "organize": _organize,
    "sortBy": _sort_by,
    "limit": _limit,
    "joinByField": _join_by_field,
    "seriesToColumns": _join_by_field,
    "filterFieldsByName": _filter_fields,
    "reduce": _reduce,
    "labelsToFields": _convert_labels,
    "renameByRegex": _rename_by_regex,
    "groupBy": _group_by,
}
