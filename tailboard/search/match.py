"""One place where something is used."""

from dataclasses import dataclass
from typing import Literal

from tailboard.findings.finding import Place

MatchKind = Literal["metric", "label", "data-source", "text"]
MATCH_KINDS: tuple[MatchKind, ...] = ("metric", "label", "data-source", "text")

Owner = Literal[
    "dashboard",
    "panel",
    "variable",
    "annotation",
    "link",
    "alert rule",
    "recording rule",
    "library panel",
]


@dataclass(frozen=True)
class Match:
    """What is used where: the name that matches, and the text that it stands in.

    `owner` is what the place is, `field` the name of the field of the text. `line` is the line in
    the file; 0 where it is unknown. `panel_id` is the id of the panel; 0 where it has none.
    """

    kind: MatchKind
    name: str
    place: Place
    owner: Owner
    field: str
    text: str
    line: int = 0
    panel_id: int = 0
