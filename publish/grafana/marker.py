"""What a published document says about itself: whose it is, and what was published.

It is a hidden constant variable: the one place in a document that survives the classic API, the
new one, and saving in the browser, in both schemas. Its label and description are for people, whom
Grafana shows it as a variable that nothing uses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import read_object, read_spec
from tailboard.publish.grafana.checksum import compute_checksum
from tailboard.publish.grafana.normalize import NORMAL_FORM_VERSION, find_list

Document = dict[str, Any]

NAME = "tailboard_published"
LABEL = "Published by tailboard"
DESCRIPTION = (
    "Says whose this dashboard is and what was published last, so that edits by hand are seen and "
    "not overwritten. Please leave it: no panel uses it, tailboard does."
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
    """What a document says, or None where it says nothing that we wrote."""
    for variable in _list_variables(document):
        marker_text = str(_read_fields(variable).get("query"))
        if _is_marker(variable) and (match := MARKER_PATTERN.fullmatch(marker_text)):
            owner, uid, folder, digest = match.group("owner", "uid", "folder", "checksum")
            return Marker(owner, uid, folder, digest, int(match["form"] or 0))
    return None


def strip_marker(document: Document) -> Document:
    """The document without any mark."""
    if not any(map(_is_marker, _list_variables(document))):
        return document
    variables = [variable for variable in _list_variables(document) if not _is_marker(variable)]
    return _replace_variables(document, variables)


def has_marker_variable(document: Document) -> bool:
    """Whether a document has the variable of a mark, whatever that says."""
    return any(map(_is_marker, _list_variables(document)))


def add_marker(document: Document, owner: str, folder: str) -> Document:
    """The document with a mark, in place of any that it had."""
    unmarked_document = strip_marker(document)
    marker_text = str(Marker(owner, document["uid"], folder, compute_checksum(unmarked_document)))
    is_v2 = is_v2_document(document)
    variable = _build_v2_variable(marker_text) if is_v2 else _build_variable(marker_text)
    return _replace_variables(unmarked_document, [*_list_variables(unmarked_document), variable])


def _build_variable(marker_text: str) -> Document:
    option = {"selected": False, "text": marker_text, "value": marker_text}
    return {
        "current": option,
        "description": DESCRIPTION,
        "hide": 2,
        "label": LABEL,
        "name": NAME,
        "options": [option],
        "query": marker_text,
        "skipUrlSync": True,
        "type": "constant",
    }


def _build_v2_variable(marker_text: str) -> Document:
    return {
        "kind": "ConstantVariable",
        "spec": {
            "current": {"text": marker_text, "value": marker_text},
            "description": DESCRIPTION,
            "hide": "hideVariable",
            "label": LABEL,
            "name": NAME,
            "query": marker_text,
            "skipUrlSync": True,
        },
    }


def _list_variables(document: Document) -> list[Any]:
    is_v2 = is_v2_document(document)
    variables = document.get("variables") if is_v2 else find_list(document, "templating")
    return variables if isinstance(variables, list) else []


def _replace_variables(document: Document, variables: list[Any]) -> Document:
    if is_v2_document(document):
        return {**document, "variables": variables}
    templating = document.get("templating")
    other_fields = templating if isinstance(templating, dict) else {}
    return {**document, "templating": {**other_fields, "list": variables}}


def _read_fields(variable: Any) -> Mapping[str, Any]:
    """The fields of a variable, which schema v2 has in its `spec`."""
    fields = read_object(variable)
    return read_spec(variable) if "spec" in fields else fields


def _is_marker(variable: Any) -> bool:
    return _read_fields(variable).get("name") == NAME
