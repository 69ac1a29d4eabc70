"""Pass 5: give panels their ids and queries their names.

A panel's id comes from the titles of its row and itself, not from its position: links, alerts and
annotations survive a panel inserted above.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Panel = dict[str, Any]

MAX_PANEL_ID = 2**31 - 1
MAX_KNOWN_HASHES = 1024


def number_panels(panels: list[Panel]) -> None:
    """Give every panel a unique id, and every query of a panel a unique letter."""
    panels_with_rows = list(_list_panels_with_rows(panels))
    used_ids = {panel["id"] for _, panel in panels_with_rows if _is_id(panel.get("id"))}
    assigned_ids: set[int] = set()
    key_counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row, panel in panels_with_rows:
        key = (row, str(panel.get("title", "")))
        key_counts[key] += 1
        if not _is_id(panel.get("id")) or panel["id"] in assigned_ids:
            panel["id"] = _find_free_id(_hash_key(*key, str(key_counts[key])), used_ids)
        assigned_ids.add(panel["id"])
        used_ids.add(panel["id"])
        _name_queries(panel.get("targets") or [])


def format_ref_id(index: int) -> str:
    """The name of the query with this index: A to Z, then AA, AB and so on."""
    name = ""
    while index >= 0:
        index, remainder = divmod(index, 26)
        name = chr(ord("A") + remainder) + name
        index -= 1
    return name


def _list_panels_with_rows(panels: list[Panel]) -> Iterator[tuple[str, Panel]]:
    """Every panel with the title of the row it belongs to."""
    row = ""
    for panel in panels:
        if panel.get("type") == "row":
            row = str(panel.get("title", ""))
            yield "row", panel
            yield from ((row, child) for child in panel.get("panels") or [])
        else:
            yield row, panel


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_PANEL_ID


@lru_cache(MAX_KNOWN_HASHES)
def _hash_key(*key: str) -> int:
    """The panels of many services have the same titles."""
    import hashlib

    digest = hashlib.blake2s("\0".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % MAX_PANEL_ID + 1


def _find_free_id(preferred_id: int, used_ids: set[int]) -> int:
    while preferred_id in used_ids:
        preferred_id = preferred_id % MAX_PANEL_ID + 1
    return preferred_id


def _name_queries(targets: list[Panel]) -> None:
    """Keep each existing name once; give the other queries the first free letters."""
    used_names = {target["refId"] for target in targets if target.get("refId")}
    if len(used_names) == len(targets):
        return
    assigned_names: set[str] = set()
    free_names = (
        name
        for index in range(len(targets) * 2 + 1)
        if (name := format_ref_id(index)) not in used_names
    )
    for target in targets:
        if not target.get("refId") or target["refId"] in assigned_names:
            target["refId"] = next(free_names)
        assigned_names.add(target["refId"])
