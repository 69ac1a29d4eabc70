"""What both APIs refuse in folders."""

from tests.grafana.memory.document import UID
from tests.grafana.memory.store import Store

MAX_DEPTH = 5


def find_refusal(uid: str, title: str, parent: str, store: Store) -> tuple[int, str] | None:
    """The status and words that refuse a new folder."""
    rules = (
        (not title, 400, "folder title cannot be empty"),
        (len(uid) > 40, 400, "uid too long, max 40 characters"),
        (not UID.fullmatch(uid), 400, "uid contains illegal characters"),
        (uid == "general", 500, "Folder API error: invalid uid for folder provided"),
        (
            len(store.list_ancestors(parent)) >= MAX_DEPTH,
            500,
            "Folder API error: folder max depth exceeded, max depth is 4",
        ),
        (uid in store.folders, 412, "the folder has been changed by someone else"),
    )
    return next(((status, text) for broken, status, text in rules if broken), None)


def find_cycle(uid: str, parent: str, store: Store) -> tuple[int, str] | None:
    """The status and words that refuse a move to nowhere or below itself."""
    if parent and parent not in store.folders:
        return 500, f'move target not found folders.folder.grafana.app "{parent}" not found'
    if parent and parent in store.list_descendants(uid):
        text = "cannot move folder under its own descendant, this would create a circular reference"
        return 500, text
    return None
