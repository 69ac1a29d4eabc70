"""Who asks, and what the roles may."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from .answer import unauthorized
from .store import Item, Store

ADMIN, EDITOR, VIEWER, NONE = "Admin", "Editor", "Viewer", "None"


@dataclass(frozen=True)
class Person:
    """A user or a service account."""

    identity: str
    role: str

    def may_write(self) -> bool:
        """Whether the role may create things at all."""
        return self.role in {ADMIN, EDITOR}

    def may_read(self, item: Item, store: Store) -> bool:
        """Whether this dashboard or folder is shown to the person."""
        if self.role in {ADMIN, NONE}:
            return self.role == ADMIN
        return item.granted or any(each.granted for each in store.ancestors(item.folder))

    def may_put_into(self, folder: str, store: Store) -> bool:
        """Whether the person may make something in a folder, or in none."""
        there = store.folders.get(folder)
        return self.may_write() and (there is None or self.may_read(there, store))

    def may_change(self, item: Item, store: Store) -> bool:
        """Whether the person may save or delete it."""
        return self.may_write() and self.may_read(item, store)


@dataclass(frozen=True)
class Accounts:
    """Tokens and passwords with their owners."""

    tokens: Mapping[str, Person]
    passwords: Mapping[tuple[str, str], Person]

    def identify(self, header: str | None) -> Person | None:
        """Who sends this Authorization; None for nobody; a refusal for wrong credentials."""
        if not header:
            return None
        kind, _, word = header.partition(" ")
        if kind == "Bearer":
            if word not in self.tokens:
                raise unauthorized("Invalid API key", "api-key.invalid")
            return self.tokens[word]
        user, _, password = b64decode(word).decode().partition(":")
        if (user, password) not in self.passwords:
            raise unauthorized("Invalid username or password", "password-auth.failed")
        return self.passwords[user, password]
