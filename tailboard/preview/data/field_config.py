"""Field options: defaults and overrides of a panel, and what they make of a value."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tailboard.dashboards.schema_v2.values import JsonObject, list_objects, read_object, read_text
from tailboard.preview.colors import (
    GRADIENTS,
    choose_palette_color,
    find_color,
    find_gradient_color,
)
from tailboard.preview.data.frame import Field, Frame
from tailboard.preview.data.reducers import reduce_values
from tailboard.preview.data.units import format_value

REGEX_LITERAL = re.compile(r"/(?P<pattern>.*)/(?P<flags>[a-z]*)", re.DOTALL)
MAX_PATTERN_LENGTH = 1000
UNIT_RANGES = {"percent": (0.0, 100.0), "percentunit": (0.0, 1.0)}
"""The limits of units that have some, whatever the values are."""

DEFAULT_THRESHOLDS = ((-math.inf, "green"), (80.0, "red"))


@dataclass(frozen=True)
class DisplayValue:
    """The text, the colour and the number of a value."""

    text: str
    color: str
    number: float | None = None


def apply_field_config(frames: Iterable[Frame], field_config: JsonObject) -> tuple[Frame, ...]:
    """The frames with the options of the defaults and of every override that matches a field."""
    defaults = read_object(field_config.get("defaults"))
    overrides = list_objects(field_config.get("overrides"))
    frames = tuple(frames)
    numbers = [
        value
        for frame in frames
        for column in frame.numbers
        for value in column.values
        if _is_finite(value)
    ]
    value_range = (min(numbers), max(numbers)) if numbers else None
    return tuple(
        replace(
            frame,
            fields=tuple(
                replace(
                    column,
                    config=_build_config(column, frame, defaults, overrides),
                    value_range=value_range,
                )
                for column in frame.fields
            ),
        )
        for frame in frames
    )


def compile_pattern(text: str) -> re.Pattern[str] | None:
    """A regular expression of a document, `/…/i` or bare; None for what Python cannot read."""
    literal = REGEX_LITERAL.fullmatch(text)
    pattern = literal["pattern"] if literal else text
    flags = re.IGNORECASE if literal and "i" in literal["flags"] else 0
    try:
        return re.compile(pattern, flags) if len(pattern) <= MAX_PATTERN_LENGTH else None
    except (re.error, RecursionError, OverflowError):
        return None


def read_unit(column: Field) -> str:
    """The unit of a field; empty where it has none."""
    return read_text(column.config.get("unit"))


def read_decimals(column: Field) -> int | None:
    """The decimals that a document asks for."""
    decimals = column.config.get("decimals")
    if isinstance(decimals, bool) or not isinstance(decimals, int | float):
        return None
    return int(decimals) if math.isfinite(decimals) else None


def read_limit(config: JsonObject, name: str) -> float | None:
    """A number of the options such as `min`, if it is one."""
    value = config.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def list_threshold_steps(config: JsonObject) -> list[tuple[float, str]]:
    """The lower ends and colours of the thresholds, the lowest first; Grafana's where none are."""
    thresholds = read_object(config.get("thresholds"))
    if not isinstance(thresholds.get("steps"), list):
        return [(limit, find_color(name)) for limit, name in DEFAULT_THRESHOLDS]
    steps = []
    for step in list_objects(thresholds.get("steps")):
        value = read_limit(step, "value")
        steps.append((-math.inf if value is None else value, find_color(step.get("color"))))
    return sorted(steps, key=lambda step: step[0])


def list_threshold_ranges(column: Field) -> list[tuple[float, str, str]]:
    """The lower end, the text and the colour of each threshold: `< 500 ms`, `500 ms+`."""
    steps = list_threshold_steps(column.config)
    unit = "percent" if is_percentage_mode(column) else read_unit(column)
    ranges = []
    for number, (limit, color) in enumerate(steps):
        is_open = math.isinf(limit) and number + 1 < len(steps)
        bound = steps[number + 1][0] if is_open else limit
        text = format_value(bound, unit, read_decimals(column))
        ranges.append((limit, f"< {text}" if is_open else f"{text}+", color))
    return ranges


def is_percentage_mode(column: Field) -> bool:
    """Whether thresholds are percentages of the way from the least to the largest value."""
    return read_object(column.config.get("thresholds")).get("mode") == "percentage"


def find_threshold_color(value: float | None, column: Field) -> str:
    """The colour of the highest threshold that a value reaches."""
    config = column.config
    steps = list_threshold_steps(config)
    if not steps:
        return find_color("green")
    if value is None or math.isnan(value):
        return steps[0][1]
    if is_percentage_mode(column):
        value = 100 * compute_share(value, column)
    return next((color for limit, color in reversed(steps) if value >= limit), steps[0][1])


def compute_share(value: float, column: Field) -> float:
    """Where a value lies between the least and the largest of its field, from 0 to 1."""
    low, high = find_limits(column)
    if not (math.isfinite(value) and high > low):
        return 0.0 if value <= low else 1.0
    share = (value / 2 - low / 2) / (high / 2 - low / 2)  # halves keep the difference finite
    return min(max(share, 0.0), 1.0)


def find_limits(column: Field) -> tuple[float, float]:
    """The `min` and `max` of the options, else of a percentage, else of the panel's numbers.

    Of the field's own numbers where the options say so.
    """
    low, high = read_limit(column.config, "min"), read_limit(column.config, "max")
    unit_range = UNIT_RANGES.get(read_unit(column))
    least, largest = unit_range or column.value_range or (0.0, 100.0)
    is_own_range = column.config.get("fieldMinMax") is True or column.value_range is None
    if is_own_range and not unit_range:
        numbers = [value for value in column.values if _is_finite(value)]
        least, largest = min(numbers, default=least), max(numbers, default=largest)
    return (least if low is None else low, largest if high is None else high)


def find_series_color(column: Field, index: int) -> str:
    """The colour of a line: fixed, of the palette, or of its last value."""
    color = read_object(column.config.get("color"))
    mode = read_text(color.get("mode")) or "palette-classic"
    if mode in {"fixed", "shades"}:
        return find_color(color.get("fixedColor"), choose_palette_color(index))
    if mode == "thresholds" or mode in GRADIENTS:
        series_by = {"min": "min", "max": "max"}.get(
            read_text(color.get("seriesBy")), "lastNotNull"
        )
        return find_value_color(reduce_values(column.values, series_by), column)
    return choose_palette_color(index)


def find_value_color(value: float | None, column: Field, index: int = 0) -> str:
    """The colour of a value in its field."""
    color = read_object(column.config.get("color"))
    mode = read_text(color.get("mode")) or "thresholds"
    if mode == "fixed":
        return find_color(color.get("fixedColor"), choose_palette_color(index))
    if mode in GRADIENTS:
        return find_gradient_color(mode, compute_share(value or 0.0, column))
    if mode.startswith("palette"):
        return choose_palette_color(index)
    return find_threshold_color(value, column)


def format_field_value(value: Any, column: Field, index: int = 0) -> DisplayValue:
    """A value as text in its unit, mapped where the options say so, and with its colour."""
    mapping = find_mapping(value, column)
    number = float(value) if _is_number(value) else None
    color = (
        find_color(mapping.get("color"))
        if mapping.get("color")
        else find_value_color(number, column, index)
    )
    if read_text(mapping.get("text")):
        return DisplayValue(read_text(mapping["text"]), color, number)
    if number is not None and not math.isnan(number):
        text = format_value(number, read_unit(column), read_decimals(column))
        return DisplayValue(text, color, number)
    if isinstance(value, str) and value:
        return DisplayValue(value, color)
    no_value = read_text(column.config.get("noValue"))
    is_missing = value is None or value == ""
    return DisplayValue(no_value or ("" if is_missing else "NaN"), color, number)


def format_number_of_field(value: float | None, column: Field) -> str:
    """A number as text in the unit of its field, a dash where there is none."""
    return "–" if value is None else format_value(value, read_unit(column), read_decimals(column))


def find_mapping(value: Any, column: Field) -> JsonObject:
    """The text and colour that the options give to a value; empty where they give none."""
    for mapping in list_objects(column.config.get("mappings")):
        options = read_object(mapping.get("options"))
        match mapping.get("type"):
            case "value":
                if result := read_object(options.get(_format_key(value))):
                    return result
            case "range" if _is_number(value):
                low, high = read_limit(options, "from"), read_limit(options, "to")
                if (low is None or value >= low) and (high is None or value <= high):
                    return read_object(options.get("result"))
            case "regex" if value is not None:
                pattern = compile_pattern(read_text(options.get("pattern")))
                if pattern and pattern.search(_format_key(value)):
                    return read_object(options.get("result"))
            case "special":
                if _is_special(value, read_text(options.get("match"))):
                    return read_object(options.get("result"))
            case _:
                pass
    return {}


def _build_config(
    column: Field, frame: Frame, defaults: JsonObject, overrides: Iterable[JsonObject]
) -> Mapping[str, Any]:
    """The options of one field; a property such as `custom.lineWidth` lies in `custom`."""
    config: dict[str, Any] = {**defaults, "custom": {**read_object(defaults.get("custom"))}}
    config.update({name: value for name, value in column.config.items() if name not in {"custom"}})
    for override in overrides:
        if not _is_match(column, frame, read_object(override.get("matcher"))):
            continue
        for entry in list_objects(override.get("properties")):
            name, value = read_text(entry.get("id")), entry.get("value")
            if name.startswith("custom."):
                config["custom"][name.removeprefix("custom.")] = value
            else:
                config[name] = value
    return config


def _is_match(column: Field, frame: Frame, matcher: JsonObject) -> bool:
    options = matcher.get("options")
    names = {column.name, column.display_name or column.name}
    match matcher.get("id"):
        case "byName":
            return read_text(options) in names
        case "byNames":
            listed = read_object(options).get("names")
            return isinstance(listed, list) and any(name in listed for name in names)
        case "byRegexp":
            pattern = compile_pattern(read_text(options)) if read_text(options) else None
            return pattern is not None and bool(
                pattern.search((column.display_name or column.name)[:MAX_PATTERN_LENGTH])
            )
        case "byFrameRefID":
            return bool(frame.ref_id) and options == frame.ref_id
        case "byType":
            return options == column.kind
        case _:
            return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value)


def _format_key(value: Any) -> str:
    """A value as the keys of a mapping write it."""
    if _is_number(value) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def _is_special(value: Any, name: str) -> bool:
    """Whether a value is what a mapping calls `null`, `nan`, `true`, `false` or `empty`."""
    is_nan = bool(_is_number(value) and math.isnan(value))
    return {
        "null": value is None,
        "nan": is_nan,
        "null+nan": value is None or is_nan,
        "true": value is True,
        "false": value is False,
        "empty": bool(value == ""),
    }.get(name, False)
