"""What a document of either schema means, in bytes and as a digest."""

import hashlib
from typing import Any

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.publish.grafana.documents import normalize
from tailboard.publish.grafana.documents.schema_v2 import normalize as normalize_v2

Document = dict[str, Any]


def normalize_document(document: Document) -> Document:
    """The normal form of a document: two of one schema and of the same meaning are equal."""
    if is_v2_document(document):
        return normalize_v2.normalize_document(document)
    return normalize.normalize_document(document)


def serialize_normal_form(document: Document) -> bytes:
    """What a document means, in bytes: equal where two mean the same."""
    return normalize.serialize_json(normalize_document(document))


def compute_checksum(document: Document) -> str:
    """A digest of what a document means."""
    return hashlib.sha256(serialize_normal_form(document)).hexdigest()[:32]
