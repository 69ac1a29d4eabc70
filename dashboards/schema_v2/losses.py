"""What schema v1 cannot hold of a document of schema v2."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tailboard.dashboards.schema_v2.layout import (
    AUTO_GRID,
    LayoutItem,
    Section,
    list_items,
    list_layouts,
    list_missing_elements,
    list_sections,
    list_unplaced_elements,
)
from tailboard.dashboards.schema_v2.panel import find_panel_title
from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_object,
    read_spec,
    read_text,
)
from tailboard.dashboards.schema_v2.variables import find_variable_name

JsonObject = Mapping[str, Any]


class LossKind(Enum):
    """A kind of loss: the sentences about one and about `{count}` of them."""

    TAB = ("1 tab becomes a row", "{count} tabs become rows")
    NESTED_ROW = (
        "1 row within another section becomes a row of its own",
        "{count} rows within other sections become rows of their own",
    )
    HEADING = ("1 row without a heading is merged", "{count} rows without a heading are merged")
    AUTO_GRID = (
        "1 auto grid becomes a grid of fixed positions",
        "{count} auto grids become grids of fixed positions",
    )
    CONDITION = ("1 condition is lost", "{count} conditions are lost")
    VARIABLE = (
        "1 variable of a section becomes one of the whole dashboard",
        "{count} variables of sections become ones of the whole dashboard",
    )
    DUPLICATE_VARIABLE = (
        "1 variable of a section is lost, since its name is taken",
        "{count} variables of sections are lost, since their names are taken",
    )
    FILL_SCREEN = (
        "1 section no longer fills the screen",
        "{count} sections no longer fill the screen",
    )
    PANEL = ("1 panel in no layout is lost", "{count} panels in no layout are lost")
    MISSING_ELEMENT = (
        "1 place without its element is lost",
        "{count} places without their elements are lost",
    )
    FIELD = ("1 field of a panel is lost", "{count} fields of panels are lost")


@dataclass(frozen=True)
class Loss:
    """One thing that schema v1 cannot hold, and in words where it is."""

    kind: LossKind
    place: str


PANEL_FIELDS = ("subtitle",)
"""The fields of a panel that only schema v2 has."""


def list_losses(document: JsonObject) -> list[Loss]:
    """What is lost when a document of schema v2 becomes one of schema v1, in reading order."""
    layout = document.get("layout")
    sections = list(list_sections(layout))
    return [
        *(
            loss
            for section in sections
            for loss in _list_section_losses(section, is_first=section is sections[0])
        ),
        *(
            Loss(LossKind.AUTO_GRID, "auto grid")
            for own_layout in list_layouts(layout)
            if own_layout.get("kind") == AUTO_GRID
        ),
        *_list_layout_losses(layout),
        *_list_item_losses(document),
        *_list_variable_losses(document),
        *_list_field_losses(document),
    ]


def describe_losses(losses: Iterable[Loss]) -> str:
    """One phrase for all losses: "3 tabs become rows, 1 condition is lost"; empty for none."""
    counts = Counter(loss.kind for loss in losses)
    return ", ".join(
        kind.value[0] if counts[kind] == 1 else kind.value[1].format(count=counts[kind])
        for kind in LossKind
        if counts[kind]
    )


def _list_section_losses(section: Section, *, is_first: bool) -> Iterator[Loss]:
    """The losses of a section itself; panels above all rows need no heading in schema v1."""
    place = section.describe()
    if section.kind == "tab":
        yield Loss(LossKind.TAB, place)
    elif section.path:
        yield Loss(LossKind.NESTED_ROW, place)
    if not section.has_heading and not is_first:
        yield Loss(LossKind.HEADING, place)
    for condition in section.conditions:
        yield Loss(LossKind.CONDITION, f"{describe_condition(condition)} of {place}")
    if section.spec.get("fillScreen") is True:
        yield Loss(LossKind.FILL_SCREEN, place)


def _list_layout_losses(layout: object) -> Iterator[Loss]:
    for own_layout in list_layouts(layout):
        if read_spec(own_layout).get("fillScreen") is True:
            yield Loss(LossKind.FILL_SCREEN, "auto grid")


def _list_item_losses(document: JsonObject) -> Iterator[Loss]:
    for item in list_items(document.get("layout")):
        for condition in item.conditions:
            place = describe_item(document, item)
            yield Loss(LossKind.CONDITION, f"{describe_condition(condition)} of {place}")
    for item in list_missing_elements(document):
        yield Loss(LossKind.MISSING_ELEMENT, describe_item(document, item))
    for name in list_unplaced_elements(document):
        yield Loss(LossKind.PANEL, f"panel {find_panel_title(document, name)!r}")


def _list_variable_losses(document: JsonObject) -> Iterator[Loss]:
    names = {find_variable_name(entry) for entry in list_objects(document.get("variables"))}
    for section in list_sections(document.get("layout")):
        for variable in section.variables:
            name = find_variable_name(variable)
            kind = LossKind.DUPLICATE_VARIABLE if name in names else LossKind.VARIABLE
            names.add(name)
            yield Loss(kind, f"variable {name!r} of {section.describe()}")


def _list_field_losses(document: JsonObject) -> Iterator[Loss]:
    for name, element in read_object(document.get("elements")).items():
        for field in PANEL_FIELDS:
            if read_spec(element).get(field):
                title = find_panel_title(document, name)
                yield Loss(LossKind.FIELD, f"{field} of panel {title!r}")


def describe_item(document: JsonObject, item: LayoutItem) -> str:
    """A panel in words: "panel 'Latency' of tab 'Routes'"."""
    name = f"panel {find_panel_title(document, item.element)!r}"
    place = item.describe_place()
    return f"{name} of {place}" if place else name


def describe_condition(condition: JsonObject) -> str:
    """A condition in words: "condition on variable 'env'"."""
    kind, spec = read_text(condition.get("kind")), read_spec(condition)
    if kind == "ConditionalRenderingVariable":
        return f"condition on variable {read_text(spec.get('variable'))!r}"
    if kind == "ConditionalRenderingData":
        return f"condition 'has {'' if spec.get('value') is not False else 'no '}data'"
    if kind == "ConditionalRenderingTimeRangeSize":
        return f"condition on a time range of {read_text(spec.get('value'))!r}"
    return f"condition {kind.removeprefix('ConditionalRendering')!r}"
