"""The uid of a dashboard, by which links, alerts and Grafana refer to it."""

import re

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.lazy_pattern import declare_pattern

MAX_UID_LENGTH = 40
UID_PATTERN = declare_pattern(rf"[a-zA-Z0-9_-]{{1,{MAX_UID_LENGTH}}}")


def derive_uid(title: str) -> str:
    """The uid of a dashboard that has none: the letters of its title.

    A title that is too long or not all ASCII also gets a digest, so that two titles differ.
    """
    slug = slugify_title(title)
    if len(slug) <= MAX_UID_LENGTH and (title.isascii() or not _slugify_ascii(title)):
        return slug
    import hashlib  # here, since few titles need a digest

    digest = hashlib.blake2s(title.encode("utf-8", "backslashreplace"), digest_size=4).hexdigest()
    return f"{slug[: MAX_UID_LENGTH - 9].rstrip('-')}-{digest}"


def validate_uid(uid: object, title: str) -> str:
    """The uid itself; raises `DefinitionError` if Grafana does not accept it."""
    if not isinstance(uid, str) or not UID_PATTERN.fullmatch(uid):
        raise DefinitionError(
            f"the uid {uid!r} of the dashboard {title!r} is not one that Grafana accepts",
            tip="a uid has 1 to 40 letters, digits, dashes and underscores.",
        )
    return uid


def slugify_title(title: str) -> str:
    """A title in lower case letters, digits and dashes; of one without them, its code points."""
    return _slugify_ascii(title) or "-".join(
        f"{ord(character):x}" for character in title if not character.isspace()
    )


def _slugify_ascii(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
