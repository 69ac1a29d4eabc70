"""What a published document says about itself: whose it is, and what was published.

It says so in a hidden variable: see `hidden_variable`.
"""

import re
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.hidden_variable import HiddenVariable
from tailboard.publish.grafana.documents.normalize import NORMAL_FORM_VERSION

Document = dict[str, Any]

NAME = "tailboard_published"
VARIABLE = HiddenVariable(
    NAME,
    "Published by tailboard",
    "Says whose this dashboard is and what was published last, so that edits by hand are seen and "
    "not overwritten. Please leave it: no panel uses it, tailboard does.",
)
MARKER_PATTERN = re.compile(
    r"(?:form=(?P<form>[0-9]{1,9}) )?owner=(?P<owner>[a-z0-9-]+) uid=(?P<uid>[a-zA-Z0-9_-]+) "
    r"folder=(?P<folder>[a-zA-Z0-9_-]*) checksum=(?P<checksum>[0-9a-f]+)"
)


@dataclass(frozen=True)
class Marker:
    """Whose a dashboard is, its uid, its folder's uid, and the checksum of what was published.

    The uid tells a published dashboard from a copy that somebody made of it. Another form than
    ours means that the checksum is of another normal form, and tells us nothing; 0 is that of the
    versions that put none into the mark.
    """

    owner: str
    uid: str
    folder: str
    checksum: str
    form: int = NORMAL_FORM_VERSION

    def __str__(self) -> str:
        ownership = f"owner={self.owner} uid={self.uid} folder={self.folder}"
        return f"form={self.form} {ownership} checksum={self.checksum}"


def find_marker(document: Document) -> Marker | None:
    """The marker of a document; None where it has none of ours."""
    for text in VARIABLE.list_values(document):
        if match := MARKER_PATTERN.fullmatch(text):
            owner, uid, folder, digest = match.group("owner", "uid", "folder", "checksum")
            return Marker(owner, uid, folder, digest, int(match["form"] or 0))
    return None


def strip_marker(document: Document) -> Document:
    """The document without any mark."""
    return VARIABLE.strip(document)


def has_marker_variable(document: Document) -> bool:
    """Whether a document has the variable of a mark, whatever that says."""
    return bool(VARIABLE.list_values(document))


def add_marker(document: Document, owner: str, folder: str) -> Document:
    """The document with a mark, in place of any that it had."""
    checksum = compute_checksum(strip_marker(document))
    return VARIABLE.add(document, str(Marker(owner, document["uid"], folder, checksum)))
