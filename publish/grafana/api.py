"""What publishing needs of Grafana, whichever of its two APIs answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tailboard.publish.errors import NotAllowedError, TailboardError
from tailboard.publish.grafana.marker import Mark, mark_of, unmarked

Document = dict[str, Any]

KINDS = {
    "alertrule": "alert rule",
    "library_element": "library panel",
    "librarypanel": "library panel",
}
"""What the two APIs call things in folders, where it is not what people call them."""

ROOT = ""
"""The uid of the folder that everything lies in which lies in no other."""


class ConflictError(TailboardError):
    """Somebody else created, changed or deleted it since it was read.

    `there` is true where Grafana says that what was to be created is there.
    """

    def __init__(self, problem: str, *, tip: str = "", there: bool = False) -> None:
        super().__init__(problem, tip=tip)
        self.there = there


class ForbiddenError(NotAllowedError):
    """Grafana knows who asks, and does not allow it to them (403)."""


class RefusedError(TailboardError):
    """Grafana does not do this, and says why."""


@dataclass(frozen=True)
class Stored:
    """A dashboard as the server holds it.

    `lock` is what a change must name so that it changes nothing newer. `blocked` says why nobody
    may change it but its manager, `managed_for` is the owner that the server notes. `signed` is
    false where the server can note an owner, and does not. `schema` names one that documents of
    ours are not in. `untouched` is true where the server itself knows that nobody has saved it
    since we did.
    """

    uid: str
    document: Document = field(repr=False)
    folder: str = ROOT
    version: int = 0
    lock: str = ""
    blocked: str = ""
    managed_for: str = ""
    signed: bool = True
    untouched: bool = False
    schema: str = ""
    by: str = ""
    at: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """Its title, as the document says it."""
        return str(self.document.get("title") or self.uid)

    @property
    def mark(self) -> Mark | None:
        """What it says about itself, unless it is a copy of what says so."""
        found = mark_of(self.document)
        return found if found and found.uid == self.uid else None

    @property
    def owner(self) -> str:
        """Whose it is, if it is one of ours."""
        return self.mark.owner if self.mark else self.managed_for

    @property
    def bare(self) -> Document:
        """Its document without our mark."""
        return unmarked(self.document)


@dataclass(frozen=True)
class StoredFolder:
    """A folder as the server holds it; `blocked` says why nobody may change it but its manager."""

    uid: str
    title: str
    parent: str = ROOT
    lock: str = ""
    blocked: str = ""


@dataclass(frozen=True)
class Version:
    """An earlier state of a dashboard, and the message that it was saved with."""

    number: int
    message: str
    document: Document = field(repr=False)
    folder: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A dashboard to store: its document with its mark, where, whose, why, and what it is from.

    `vouched` says that the document is what its mark says, so that the server may note it.
    """

    uid: str
    document: Document = field(repr=False)
    folder: str
    owner: str
    message: str = ""
    source: str = ""
    vouched: bool = True


def kind_of(counted: str) -> str:
    """What people call one of what an API counts: dashboard, folder, alert rule, library panel."""
    name = counted.removesuffix("s")
    return KINDS.get(name, name)


class Api(Protocol):
    """Grafana, as far as publishing goes.

    Every method may raise `NotAllowedError`, `RefusedError` and `ServerError`; what changes
    something also `ConflictError`.
    """

    name: str

    def ours(self, owner: str) -> Iterator[Stored]:
        """Every dashboard that says it is this owner's."""

    def dashboard(self, uid: str) -> Stored | None:
        """The dashboard of this uid."""

    def preview(self, wanted: Wanted, stored: Stored | None) -> Document:
        """The document as the server would store it."""

    def create(self, wanted: Wanted) -> Stored:
        """Store a dashboard that there is not yet."""

    def update(self, wanted: Wanted, stored: Stored) -> Stored:
        """Store a dashboard in the place of one that was read."""

    def delete(self, stored: Stored) -> None:
        """Delete a dashboard, if it is still as it was read."""

    def who(self, identity: str) -> str:
        """The name of somebody whom a dashboard names, or what it names them."""

    def history(self, uid: str) -> Iterator[Version]:
        """The states of a dashboard that the server still knows, newest first."""

    def folders(self) -> dict[str, StoredFolder]:
        """Every folder that the credentials may see."""

    def hides_folder(self, uid: str) -> bool:
        """Whether the server tells of a folder that the credentials may not see."""

    def create_folder(self, uid: str, title: str, parent: str) -> None:
        """Make a folder that there is not yet, within one that there is."""

    def change_folder(self, folder: StoredFolder, title: str, parent: str) -> None:
        """Give a folder another title or parent."""

    def holds(self, uid: str) -> dict[str, int]:
        """What a folder holds, in the words of `kind_of`, and how much of it."""

    def delete_folder(self, uid: str) -> None:
        """Delete a folder that holds nothing; refuses any other."""
