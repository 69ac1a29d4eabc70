"""The uid of a dashboard: what links, alerts and Grafana know it by."""

import hashlib
import re

from tailboard.panels.definition_error import DefinitionError

LONGEST_UID = 40
UID = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST_UID}}}")


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
