"""A dashboard: rows of panels in reading order, variables, links and annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal, get_args

from tailboard.dashboards.folder import validate_folder
from tailboard.dashboards.uid import derive_uid, validate_uid
from tailboard.panels.definition_error import DefinitionError, suggest_name
from tailboard.panels.record import record

JsonObject = Mapping[str, Any]
Layout = Literal["rows", "tabs"]


@record
class Row:
    """Panels under one heading, in reading order; the layout places them.

    A `collapsed` row is closed at first and runs no queries until it is opened. `repeat` names a
    variable: the row appears once for each of its selected values. Without a title there is no
    heading.

    `tab` is the title of the tab that the row stands in; rows of the same tab stand below each
    other. With `auto_grid` Grafana sizes and places the panels by the width of the screen, and with
    `hide_empty` it does so with those alone whose queries return data. Only schema v2 has these
    three: in schema v1 a tab is a row for each of its rows, closed but for those of the first tab.
    """

    title: str
    panels: Sequence[Any]
    collapsed: bool = False
    repeat: str = ""
    tab: str = ""
    auto_grid: bool = False
    hide_empty: bool = False

    def __post_init__(self) -> None:
        for name, value in (("title", self.title), ("tab", self.tab)):
            if value and not isinstance(value, str):
                raise DefinitionError(
                    f"the {name} of a row is {value!r:.60}, which is not a string",
                    tip=f"write {str(value)!r:.60} in quotes.",
                )

    @property
    def heading(self) -> str:
        """The heading in schema v1, where a tab is part of it; empty without a heading."""
        if self.tab and self.title and self.title != self.tab:
            return f"{self.tab} / {self.title}"
        return self.tab or self.title

    @property
    def is_v2_only(self) -> bool:
        """Whether schema v1 cannot lay it out like this."""
        return bool(self.tab) or self.auto_grid or self.hide_empty

    @property
    def has_heading(self) -> bool:
        """Whether the row has a heading in schema v1, without which it would join the row above."""
        return bool(self.heading or self.collapsed or self.repeat or self.is_v2_only)


@record
class Dashboard:
    """A dashboard: give it a uid that never changes, since links and alerts point to it.

    Panels are grafanalib's. The variable `datasource`, the data source, is added automatically.
    With the layout "tabs" every row without a `tab` becomes one. `variables`, `links` and
    `annotations` come from the functions in `dashboards`, or are JSON.
    `datasource` is what panels and variables with queries read that name no data source; the
    variable `datasource` where it is None.
    `extra` is JSON that replaces fields of the document. `folder` is the folder to publish to: the
    titles from the outermost folder on, as in "Shop/Orders", or `uid:` with the uid of an existing
    folder.
    """

    title: str
    rows: Sequence[Row] = ()
    uid: str = ""
    description: str = ""
    tags: Sequence[str] = ()
    variables: Sequence[JsonObject] = ()
    links: Sequence[JsonObject] = ()
    annotations: Sequence[JsonObject] = ()
    time_from: str = "now-1h"
    refresh: str = "1m"
    folder: str = ""
    extra: JsonObject = field(default_factory=dict)
    layout: Layout = "rows"
    datasource: JsonObject | None = None

    def __post_init__(self) -> None:
        validate_title(self.title)
        if self.layout not in get_args(Layout):
            raise DefinitionError(
                f"the dashboard {self.title!r} has the layout {self.layout!r}",
                tip=suggest_name(str(self.layout), get_args(Layout)),
            )
        if self.layout == "tabs":
            object.__setattr__(self, "rows", [_move_into_tab(row) for row in self.rows])
        if not self.uid:
            object.__setattr__(self, "uid", derive_uid(self.title))
        validate_uid(self.uid, self.title)
        validate_folder(self.folder)


def _move_into_tab(row: Any) -> Any:
    """A row that names no tab in a tab of its own; what is no row is refused where it is read."""
    if not isinstance(row, Row) or row.tab or not row.title:
        return row
    return replace(row, title="", tab=row.title)


def validate_title(title: object) -> str:
    """The title itself; raises `DefinitionError` if it is empty or no string."""
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "a dashboard has no title", tip="Grafana refuses an empty title; name it."
        )
    return title
