"""The folder of Grafana that a dashboard is published into, as a definition names it."""

import unicodedata

from tailboard.dashboards.uid import UID_PATTERN
from tailboard.panels.definition_error import DefinitionError

TITLE_SEPARATOR = "/"
UID_PREFIX = "uid:"
"""The prefix of a path that names one existing folder by its uid."""

FOLDER_ANNOTATION, GRAFANA_FOLDER_ANNOTATION = "tailboard/folder", "grafana.app/folder"
"""The annotations of a resource with a folder's path, and with its uid."""

MAX_FOLDER_DEPTH = 5
"""The depth of nested folders in Grafana 12.4, the outermost one included."""


def parse_folder_uid(path: str) -> str | None:
    """The uid in a path of the form `uid:UID`, None for a path of titles."""
    folder_path = path.strip()
    return (
        folder_path.removeprefix(UID_PREFIX).strip() if folder_path.startswith(UID_PREFIX) else None
    )


def parse_folder_titles(path: str) -> list[str]:
    """The titles along a path, outermost first."""
    return [part.strip() for part in path.split(TITLE_SEPARATOR) if part.strip()]


def validate_folder(path: object) -> str:
    """The path itself; raises `DefinitionError` if Grafana cannot have such a folder."""
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
    if (uid := parse_folder_uid(path)) is not None:
        if not UID_PATTERN.fullmatch(uid):
            raise DefinitionError(
                f"the folder {path!r} does not name a uid that Grafana can have",
                tip="it is in the folder's address: /dashboards/f/UID.",
            )
    elif (depth := len(parse_folder_titles(path))) > MAX_FOLDER_DEPTH:
        raise DefinitionError(
            f"the folder {path!r} lies {depth} deep, and Grafana has at most {MAX_FOLDER_DEPTH}",
            tip="leave some of them out.",
        )
    return path
