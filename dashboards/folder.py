"""The folder of Grafana that a dashboard is published into, as a definition names it."""

import unicodedata

from tailboard.dashboards.uid import UID
from tailboard.panels.definition_error import DefinitionError

SEPARATOR = "/"
BY_UID = "uid:"
"""How a path begins that names one folder, which is there, by its uid."""

NOTE, GRAFANA_NOTE = "tailboard/folder", "grafana.app/folder"
"""The annotations of a resource that hold a path, and a uid."""

DEEPEST = 5
"""How many folders may lie within one another, the first one included (Grafana 12.4)."""


def uid_in(path: str) -> str | None:
    """The uid of the folder that a path names so, None where it names titles."""
    named = path.strip()
    return named.removeprefix(BY_UID).strip() if named.startswith(BY_UID) else None


def titles_of(path: str) -> list[str]:
    """The titles along a path, outermost first."""
    return [part.strip() for part in path.split(SEPARATOR) if part.strip()]


def checked_folder(path: object) -> str:
    """The path itself, if Grafana can have such folders."""
    if not isinstance(path, str):
        raise DefinitionError(
            f"the folder {path!r} is a {type(path).__name__}, not text",
            tip='write the titles from the outermost folder on: folder="Shop/Orders".',
        )
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in path):
        raise DefinitionError(
            f"the folder {path!r} holds characters that are no text",
            tip="leave out line breaks and what no keyboard writes.",
        )
    if (uid := uid_in(path)) is not None:
        if not UID.fullmatch(uid):
            raise DefinitionError(
                f"the folder {path!r} does not name a uid that Grafana can have",
                tip="it is in the folder's address: /dashboards/f/UID.",
            )
    elif (depth := len(titles_of(path))) > DEEPEST:
        raise DefinitionError(
            f"the folder {path!r} lies {depth} deep, and Grafana has at most {DEEPEST}",
            tip="leave some of them out.",
        )
    return path
