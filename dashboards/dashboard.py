"""What one dashboard is: rows of panels in reading order, and what surrounds them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panels.definition_error import DefinitionError

LONGEST_UID = 40
UID = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST_UID}}}")

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """Panels under one heading, in reading order; where they stand is the layout's decision.

    A `collapsed` row is closed at first and loads nothing until it is opened. `repeat` names a
    variable: the row appears once for each of its chosen values. Without a title there is no
    heading.
    """

    title: str
    panels: Sequence[Any]
    collapsed: bool = False
    repeat: str = ""


@dataclass(frozen=True)
class Dashboard:
    """A dashboard: give it a uid that never changes, since links and alerts point to it.

    Panels are grafanalib's. The data source is a variable named `datasource` and needs no mention.
    `variables`, `links` and `annotations` come from the functions in `dashboards`, or are JSON.
    """

    title: str
    rows: Sequence[Row] = ()
    uid: str = ""
    description: str = ""
    tags: Sequence[str] = ()
    variables: Sequence[Plain] = ()
    links: Sequence[Plain] = ()
    annotations: Sequence[Plain] = ()
    time_from: str = "now-1h"
    refresh: str = "1m"
    extra: Plain = field(default_factory=dict)

    def __post_init__(self) -> None:
        checked_title(self.title)
        if not self.uid:
            object.__setattr__(self, "uid", derived_uid(self.title))
        checked_uid(self.uid, self.title)


def checked_title(title: object) -> str:
    """The title itself, if it is one."""
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "a dashboard has no title", tip="Grafana refuses an empty title; name it."
        )
    return title


def derived_uid(title: str) -> str:
    """The uid of a dashboard that has none: its title's letters.

    Where they do not say the whole title, a digest of it tells dashboards apart.
    """
    kept = slug(title)
    if len(kept) <= LONGEST_UID and (title.isascii() or not _letters(title)):
        return kept
    digest = hashlib.blake2s(title.encode("utf-8", "backslashreplace"), digest_size=4).hexdigest()
    return f"{kept[: LONGEST_UID - 9].rstrip('-')}-{digest}"


def checked_uid(uid: object, title: str) -> str:
    """The uid itself, if Grafana accepts it."""
    if not isinstance(uid, str) or not UID.fullmatch(uid):
        raise DefinitionError(
            f"the uid {uid!r} of the dashboard {title!r} is not one that Grafana accepts",
            tip="a uid has 1 to 40 letters, digits, dashes and underscores.",
        )
    return uid


def slug(title: str) -> str:
    """A title in lower case letters, digits and dashes; others keep their code points."""
    return _letters(title) or "-".join(f"{ord(char):x}" for char in title if not char.isspace())


def _letters(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
