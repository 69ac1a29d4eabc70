"""What a published document says about itself: whose it is, and what was published.

It is a hidden constant variable: the one place in a document that survives the classic API, the
new one, and saving in the browser.
"""

import re
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.normalize import NORMAL_FORM_VERSION, compute_checksum, find_list

Document = dict[str, Any]

NAME = "tailboard_published"
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
    """What a document says, or None where it says nothing that we wrote."""
    for variable in _list_variables(document):
        if _is_marker(variable) and (match := MARKER_PATTERN.fullmatch(str(variable.get("query")))):
            owner, uid, folder, digest = match.group("owner", "uid", "folder", "checksum")
            return Marker(owner, uid, folder, digest, int(match["form"] or 0))
    return None


def strip_marker(document: Document) -> Document:
    """The document without any mark."""
    if not any(map(_is_marker, _list_variables(document))):
        return document
    variables = [variable for variable in _list_variables(document) if not _is_marker(variable)]
    return {**document, "templating": {**document["templating"], "list": variables}}


def add_marker(document: Document, owner: str, folder: str) -> Document:
    """The document with a mark, in place of any that it had."""
    unmarked_document = strip_marker(document)
    marker_text = str(Marker(owner, document["uid"], folder, compute_checksum(unmarked_document)))
    option = {"selected": False, "text": marker_text, "value": marker_text}
    variable = {
        "current": option,
        "hide": 2,
        "name": NAME,
        "options": [option],
        "query": marker_text,
        "skipUrlSync": True,
        "type": "constant",
    }
    templating = unmarked_document.get("templating")
    other_fields = templating if isinstance(templating, dict) else {}
    return {
        **unmarked_document,
        "templating": {**other_fields, "list": [*_list_variables(unmarked_document), variable]},
    }


def _list_variables(document: Document) -> list[Any]:
    variables = find_list(document, "templating")
    return variables if isinstance(variables, list) else []


def _is_marker(variable: Any) -> bool:
    return isinstance(variable, dict) and variable.get("name") == NAME
