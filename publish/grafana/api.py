"""What publishing needs of Grafana, whichever of its two APIs answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tailboard.publish.errors import NotAllowedError, TailboardError
from tailboard.publish.grafana.documents.marker import Marker, find_marker, strip_marker
from tailboard.publish.grafana.previews.mark import (
    PreviewMark,
    find_preview_mark,
    strip_preview_mark,
)

Document = dict[str, Any]

KIND_LABELS = {
    "alertrule": "alert rule",
    "library_element": "library panel",
    "librarypanel": "library panel",
}
"""What the two APIs call things in folders, where it is not what people call them."""

ROOT_UID = ""
"""The uid of the folder that everything lies in which lies in no other."""


class ConflictError(TailboardError):
    """Somebody else created, changed or deleted it since it was read.

    `is_present` is true where Grafana reports that what was to be created exists.
    """

    def __init__(self, problem: str, *, tip: str = "", is_present: bool = False) -> None:
        super().__init__(problem, tip=tip)
        self.is_present = is_present


class ForbiddenError(NotAllowedError):
    """Grafana accepts the credentials, and forbids the action to them (403)."""


class RefusedError(TailboardError):
    """Grafana does not do this, and says why."""


@dataclass(frozen=True)
class LiveDashboard:
    """A dashboard as the server holds it.

    `resource_version` (or `version`) is sent with a change, so that it overwrites nothing newer.
    `block_reason` says why only its manager may change it, `manager_owner` is the owner in the
    server's manager annotations. `is_signed` is false where the server could store an owner and
    has none. `stored_version` is the version of the schema that it is stored in, which is that of
    its document, too; empty where it is schema v1 and nothing else is known. `conversion_error` is
    why the server cannot convert it to schema v1, `read_problem` why its document is not the
    stored one, so that nothing may be made of it. `is_untouched` is true where the server itself
    knows that nobody has saved it since we did.
    """

    uid: str
    document: Document = field(repr=False)
    folder: str = ROOT_UID
    version: int = 0
    resource_version: str = ""
    block_reason: str = ""
    manager_owner: str = ""
    is_signed: bool = True
    is_untouched: bool = False
    stored_version: str = ""
    conversion_error: str = ""
    read_problem: str = ""
    editor: str = ""
    edit_time: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """Its title, as the document says it."""
        return str(self.document.get("title") or self.uid)

    @property
    def marker(self) -> Marker | None:
        """What it says about itself, unless it is a copy of what says so."""
        marker = find_marker(self.document)
        return marker if marker and marker.uid == self.uid else None

    @property
    def owner(self) -> str:
        """Whose it is, if it is one of ours."""
        return self.marker.owner if self.marker else self.manager_owner

    @property
    def unmarked_document(self) -> Document:
        """Its document without our marks."""
        return strip_preview_mark(strip_marker(self.document))

    @property
    def preview_mark(self) -> PreviewMark | None:
        """What it says of the preview that it is a copy for, unless it is a copy of such a one."""
        mark = find_preview_mark(self.document)
        return mark if mark and mark.uid == self.uid else None


@dataclass(frozen=True)
class LiveFolder:
    """A stored folder; `block_reason` says why only its manager may change it."""

    uid: str
    title: str
    parent: str = ROOT_UID
    resource_version: str = ""
    block_reason: str = ""


@dataclass(frozen=True)
class DashboardVersion:
    """An earlier state of a dashboard, and the message that it was saved with.

    `owner` is the one in the server's manager annotations, `is_signed` is true where these say
    that a publish made it, `conversion_error` is why the server cannot show the document.
    """

    number: int
    message: str
    document: Document = field(repr=False)
    folder: str | None = None
    owner: str = ""
    is_signed: bool = False
    conversion_error: str = ""


@dataclass(frozen=True)
class SchemaVersions:
    """The versions of the dashboard API that a server offers, the preferred one first.

    `v1` and `v2` are those of each schema that we can write, empty where there is none.
    """

    offered: tuple[str, ...] = ()
    v1: str = ""
    v2: str = ""


@dataclass(frozen=True)
class DesiredDashboard:
    """A dashboard to store: its document with its mark, where, whose, why, and what it is from.

    `has_valid_marker` says that the document agrees with its marker, so that the server may store
    the owner as its manager. `is_checked` is false of what the server had before: it may store
    that again, whatever its schema says. A copy for a preview has a `preview_owner` and no owner.
    """

    uid: str
    document: Document = field(repr=False)
    folder: str
    owner: str
    message: str = ""
    source: str = ""
    has_valid_marker: bool = True
    is_checked: bool = True
    preview_owner: str = ""


def format_kind(resource: str) -> str:
    """What people call one of what an API counts: dashboard, folder, alert rule, library panel."""
    name = resource.removesuffix("s")
    return KIND_LABELS.get(name, name)


class GrafanaApi(Protocol):
    """Grafana, as far as publishing goes.

    Every method may raise `NotAllowedError`, `RefusedError` and `ServerError`; what changes
    something also `ConflictError`.
    """

    name: str
    schema_versions: SchemaVersions

    def fetch_owned_dashboards(self, owner: str) -> Iterator[LiveDashboard]:
        """Every dashboard that says it is this owner's."""

    def fetch_previews(self, owner: str) -> Iterator[LiveDashboard]:
        """Every copy for a preview of this owner."""

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        """The dashboard of this uid, in the schema that it is stored in."""

    def fetch_document(self, live: LiveDashboard, version: str) -> Document:
        """The document of a stored dashboard as the server converts it to another version.

        Raises `RefusedError` where it cannot, and `ConflictError` where the dashboard was changed.
        """

    def preview_document(self, desired: DesiredDashboard, live: LiveDashboard | None) -> Document:
        """The document as the server would store it."""

    def create_dashboard(self, desired: DesiredDashboard) -> LiveDashboard:
        """Store a dashboard that there is not yet."""

    def update_dashboard(self, desired: DesiredDashboard, live: LiveDashboard) -> LiveDashboard:
        """Store a dashboard in the place of one that was read."""

    def delete_dashboard(self, live: LiveDashboard) -> None:
        """Delete a dashboard, unless it was changed since it was read."""

    def fetch_user_name(self, identity: str) -> str:
        """The name of somebody whom a dashboard names, or what it names them."""

    def fetch_versions(self, uid: str, version: str = "") -> Iterator[DashboardVersion]:
        """The states of a dashboard that the server still knows, newest first.

        Each is in the schema that it was stored in, or converted to a version of the schema.
        """

    def fetch_folders(self) -> dict[str, LiveFolder]:
        """Every folder that the credentials may see."""

    def fetch_folder_time(self, uid: str) -> str:
        """When a folder was made, in ISO 8601; empty where the server does not tell."""

    def is_folder_hidden(self, uid: str) -> bool:
        """Whether the server tells of a folder that the credentials may not see."""

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        """Make a folder that there is not yet, within one that there is."""

    def update_folder(self, folder: LiveFolder, title: str, parent: str) -> None:
        """Give a folder another title or parent."""

    def count_contents(self, uid: str) -> dict[str, int]:
        """Count the contents of a folder, by the kinds that `format_kind` returns."""

    def delete_folder(self, uid: str) -> None:
        """Delete a folder that holds nothing; refuses any other."""
