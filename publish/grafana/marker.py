"""What a published document says about itself: whose it is, and what was published.

It is a hidden constant variable: the one place in a document that survives the classic API, the
new one, and saving in the browser.
"""

import re
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.noise import FORM, checksum, listed

Document = dict[str, Any]

NAME = "tailboard_published"
PATTERN = re.compile(
    r"(?:form=(?P<form>[0-9]{1,9}) )?owner=(?P<owner>[a-z0-9-]+) uid=(?P<uid>[a-zA-Z0-9_-]+) "
    r"folder=(?P<folder>[a-zA-Z0-9_-]*) checksum=(?P<checksum>[0-9a-f]+)"
)


@dataclass(frozen=True)
class Mark:
    """Whose a dashboard is, its uid, its folder's uid, and the checksum of what was published.

    The uid tells a published dashboard from a copy that somebody made of it. Another form than
    ours means that the checksum is of another normal form, and tells us nothing; 0 is that of the
    versions that put none into the mark.
    """

    owner: str
    uid: str
    folder: str
    checksum: str
    form: int = FORM

    def __str__(self) -> str:
        whose = f"owner={self.owner} uid={self.uid} folder={self.folder}"
        return f"form={self.form} {whose} checksum={self.checksum}"


def mark_of(document: Document) -> Mark | None:
    """What a document says, or None where it says nothing that we wrote."""
    for variable in _variables(document):
        if _is_ours(variable) and (found := PATTERN.fullmatch(str(variable.get("query")))):
            owner, uid, folder, digest = found.group("owner", "uid", "folder", "checksum")
            return Mark(owner, uid, folder, digest, int(found["form"] or 0))
    return None


def unmarked(document: Document) -> Document:
    """The document without any mark."""
    if not any(map(_is_ours, _variables(document))):
        return document
    kept = [it for it in _variables(document) if not _is_ours(it)]
    return {**document, "templating": {**document["templating"], "list": kept}}


def marked(document: Document, owner: str, folder: str) -> Document:
    """The document with a mark, in place of any that it had."""
    bare = unmarked(document)
    mark = str(Mark(owner, document["uid"], folder, checksum(bare)))
    shown = {"selected": False, "text": mark, "value": mark}
    variable = {
        "current": shown,
        "hide": 2,
        "name": NAME,
        "options": [shown],
        "query": mark,
        "skipUrlSync": True,
        "type": "constant",
    }
    templating = bare.get("templating")
    rest = templating if isinstance(templating, dict) else {}
    return {**bare, "templating": {**rest, "list": [*_variables(bare), variable]}}


def _variables(document: Document) -> list[Any]:
    found = listed(document, "templating")
    return found if isinstance(found, list) else []


def _is_ours(variable: Any) -> bool:
    return isinstance(variable, dict) and variable.get("name") == NAME
