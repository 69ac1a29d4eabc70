"""The pass that numbers panels and names queries.

A panel's id comes from the titles of its row and itself, not from its position: links, alerts and
annotations survive a panel inserted above.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

Panel = dict[str, Any]

LARGEST_ID = 2**31 - 1


def number(panels: list[Panel]) -> None:
    """Give every panel an id of its own and every query of a panel a letter."""
    taken = {panel["id"] for _, panel in _with_rows(panels) if _is_id(panel.get("id"))}
    kept: set[int] = set()
    seen: Counter[tuple[str, str]] = Counter()
    for row, panel in _with_rows(panels):
        key = (row, str(panel.get("title", "")))
        seen[key] += 1
        if not _is_id(panel.get("id")) or panel["id"] in kept:
            panel["id"] = _free(_hashed(*key, str(seen[key])), taken)
        kept.add(panel["id"])
        taken.add(panel["id"])
        _name_queries(panel.get("targets") or [])


def letters(index: int) -> str:
    """The name of the nth query: A to Z, then AA, AB and so on."""
    name = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        name = chr(ord("A") + rest) + name
        index -= 1
    return name


def _with_rows(panels: list[Panel]) -> Iterator[tuple[str, Panel]]:
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
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def _hashed(*key: str) -> int:
    digest = hashlib.blake2s("\0".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % LARGEST_ID + 1


def _free(wanted: int, taken: set[int]) -> int:
    while wanted in taken:
        wanted = wanted % LARGEST_ID + 1
    return wanted


def _name_queries(targets: list[Panel]) -> None:
    """Keep the names that are there, once each; give the others the first free letters."""
    used = {target["refId"] for target in targets if target.get("refId")}
    kept: set[str] = set()
    free = (name for index in range(len(targets) * 2 + 1) if (name := letters(index)) not in used)
    for target in targets:
        if not target.get("refId") or target["refId"] in kept:
            target["refId"] = next(free)
        kept.add(target["refId"])
