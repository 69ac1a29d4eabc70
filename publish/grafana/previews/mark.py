"""What a copy for a preview says about itself: for which preview, whose, and since when.

It carries no marker of a published dashboard: to a publish it is nobody's.
"""

import re
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.hidden_variable import HiddenVariable

Document = dict[str, Any]

VARIABLE = HiddenVariable(
    "tailboard_preview",
    "Preview by tailboard",
    "Says for which preview this copy was made, so that it is removed with the preview. What is "
    "changed here is lost with the next publish of the preview.",
)
MARK_PATTERN = re.compile(
    r"owner=(?P<owner>[a-z0-9-]+) preview=(?P<preview>[a-zA-Z0-9._-]+) "
    r"uid=(?P<uid>[a-zA-Z0-9_-]+) original=(?P<original>[a-zA-Z0-9_-]+) "
    r"time=(?P<time>[0-9]{1,12}) checksum=(?P<checksum>[0-9a-f]+)"
)


@dataclass(frozen=True)
class PreviewMark:
    """The owner and the name of a preview, the copy's uid and that of its original.

    `time` is when the preview was last published, in seconds since 1970, to the hour; `checksum`
    is that of the copy. The uid tells a copy for a preview from a copy that somebody made of it.
    """

    owner: str
    preview: str
    uid: str
    original: str
    time: int
    checksum: str

    def __str__(self) -> str:
        return (
            f"owner={self.owner} preview={self.preview} uid={self.uid} original={self.original} "
            f"time={self.time} checksum={self.checksum}"
        )


def find_preview_mark(document: Document) -> PreviewMark | None:
    """What a document says, or None where it is no copy for a preview."""
    for text in VARIABLE.list_values(document):
        if match := MARK_PATTERN.fullmatch(text):
            owner, preview, uid, original = match.group("owner", "preview", "uid", "original")
            return PreviewMark(owner, preview, uid, original, int(match["time"]), match["checksum"])
    return None


def strip_preview_mark(document: Document) -> Document:
    """The document without the mark of a preview."""
    return VARIABLE.strip(document)


def add_preview_mark(
    document: Document, owner: str, preview: str, original: str, time: int
) -> Document:
    """The document with the mark of a preview, in place of any that it had."""
    checksum = compute_checksum(strip_preview_mark(document))
    mark = PreviewMark(owner, preview, document["uid"], original, time, checksum)
    return VARIABLE.add(document, str(mark))
