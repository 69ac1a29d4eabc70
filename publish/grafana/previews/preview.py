"""A preview: its name, and what its folder, its copies and their tags are called."""

import hashlib
import re
from dataclasses import dataclass

from tailboard.dashboards.uid import MAX_UID_LENGTH
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.plan.folders import DesiredFolder

MAX_NAME_LENGTH = 63
NAME_PATTERN = re.compile(rf"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{{0,{MAX_NAME_LENGTH - 1}}})")
UID_PREFIX = "tbp"
TAG = "tailboard-preview"
"""The tag of every copy, by which a search finds them."""

MAX_TAG_LENGTH = 50
"""What Grafana's database holds of a tag."""

TITLE_PATTERN = re.compile(r"Preview (?P<name>\S+) \((?P<owner>\S+)\)")


@dataclass(frozen=True)
class Preview:
    """A preview of an owner, such as `pr-123`."""

    name: str
    owner: str

    @property
    def folder(self) -> DesiredFolder:
        """The folder that holds its copies."""
        return DesiredFolder(self._uid_prefix, f"Preview {self.name} ({self.owner})")

    def build_uid(self, uid: str) -> str:
        """The uid of the copy of a dashboard: its own behind a prefix, or a digest of a long one.

        The first cannot equal the second: the prefix ends in another character.
        """
        readable_uid = self.build_readable_uid(uid)
        if len(readable_uid) <= MAX_UID_LENGTH:
            return readable_uid
        return f"{self._uid_prefix}_{_compute_digest(uid, 10)}"

    def build_readable_uid(self, uid: str) -> str:
        """The uid of the copy of a dashboard where that is not too long."""
        return f"{self._uid_prefix}-{uid}"

    def format_title(self, title: str) -> str:
        """The title of a copy."""
        return f"{self.name}: {title}"

    def format_tag(self, tag: str) -> str:
        """The tag of a copy in place of one of the original, whose menus would list the copy."""
        copy_tag = f"{self.name}: {tag}"
        if len(copy_tag) <= MAX_TAG_LENGTH:
            return copy_tag
        return f"{copy_tag[: MAX_TAG_LENGTH - 9]}-{_compute_digest(copy_tag, 4)}"

    @property
    def _uid_prefix(self) -> str:
        return f"{UID_PREFIX}-{_compute_digest(f'{self.owner}/{self.name}', 5)}"


def validate_preview_name(name: str) -> str:
    """The name itself, if a preview can be called so."""
    if not NAME_PATTERN.fullmatch(name):
        raise TailboardError(
            f"{name!r} cannot be the name of a preview",
            tip=f"take 1 to {MAX_NAME_LENGTH} letters, digits, dashes, dots and underscores: "
            "pr-123.",
        )
    return name


def find_preview_of_folder(uid: str, title: str) -> Preview | None:
    """The preview whose folder has this uid and title, if it is one of ours."""
    match = TITLE_PATTERN.fullmatch(title)
    preview = Preview(match["name"], match["owner"]) if match else None
    return preview if preview and preview.folder.uid == uid else None


def _compute_digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()
