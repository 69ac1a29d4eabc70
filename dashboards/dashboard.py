"""A dashboard: rows of panels in reading order, variables, links and annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tailboard.dashboards.folder import validate_folder
from tailboard.dashboards.uid import derive_uid, validate_uid
from tailboard.panels.definition_error import DefinitionError

JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """Panels under one heading, in reading order; the layout places them.

    A `collapsed` row is closed at first and runs no queries until it is opened. `repeat` names a
    variable: the row appears once for each of its selected values. Without a title there is no
    heading.
    """

    title: str
    panels: Sequence[Any]
    collapsed: bool = False
    repeat: str = ""


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: give it a uid that never changes, since links and alerts point to it.

    Panels are grafanalib's. The variable `datasource`, the data source, is added automatically.
    `variables`, `links` and `annotations` come from the functions in `dashboards`, or are JSON.
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

    def __post_init__(self) -> None:
        validate_title(self.title)
        if not self.uid:
            object.__setattr__(self, "uid", derive_uid(self.title))
        validate_uid(self.uid, self.title)
        validate_folder(self.folder)


def validate_title(title: object) -> str:
    """The title itself; raises `DefinitionError` if it is empty or no string."""
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "a dashboard has no title", tip="Grafana refuses an empty title; name it."
        )
    return title
