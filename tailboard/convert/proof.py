"""The proof of a definition: it is run and built, and compared with what it was made from."""

import contextlib
from collections.abc import Sequence
from typing import Any

from tailboard.convert.canonical import build_canonical
from tailboard.convert.source import Source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import Document
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.grafana.documents.difference import OTHER_CHANGE, describe_differences
from tailboard.publish.grafana.documents.field_difference import is_same


def build_definition(text: str) -> tuple[Dashboard, Document]:
    """The dashboard that a definition declares, and its document.

    The text is our own: of the document there are only literals in it.
    """
    namespace: dict[str, Any] = {"__name__": "definition"}
    exec(compile(text, "<definition>", "exec", dont_inherit=True), namespace)  # noqa: S102 - our own text
    dashboard = namespace["dashboard"]
    return dashboard, build_document(dashboard)


def find_differences(text: str, source: Source) -> list[str]:
    """In what the dashboard of a definition differs from its source; nothing if it is the same."""
    try:
        dashboard, document = build_definition(text)
    except DefinitionError as error:
        return [f"the definition cannot be built: {error.problem}"]
    except Exception as error:  # a mistake of ours shall not keep the plain definition back
        return [f"the definition cannot be run: {type(error).__name__}: {error}"]
    differences = compare_documents(source.document, document)
    if document["uid"] != source.document["uid"]:
        differences.append(f"the uid is {document['uid']!r}")
    if dashboard.folder != source.folder:
        differences.append(f"the folder is {dashboard.folder!r}")
    return differences


def compare_documents(old_document: Document, new_document: Document) -> list[str]:
    """The differences of two documents in their canonical form."""
    old, new = build_canonical(old_document), build_canonical(new_document)
    if is_same(old, new):
        return []
    differences: Sequence[str] = ()
    with contextlib.suppress(KeyError, TypeError, ValueError):
        differences = describe_differences(old, new)
    return list(differences) or [OTHER_CHANGE]
