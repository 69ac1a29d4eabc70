"""Who asks, and what the roles may."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from tests.grafana.memory.answer import build_unauthorized_error
from tests.grafana.memory.store import Item, Store

ADMIN, EDITOR, VIEWER, NONE = "Admin", "Editor", "Viewer", "None"


@dataclass(frozen=True)
class User:
    """A user or a service account."""

    identity: str
    role: str

    def is_writer(self) -> bool:
        """Whether the role may create things at all."""
        return self.role in {ADMIN, EDITOR}

    def is_reader_of(self, item: Item, store: Store) -> bool:
        """Whether this dashboard or folder is shown to the person."""
        if self.role in {ADMIN, NONE}:
            return self.role == ADMIN
        return item.has_grant or any(
            folder_item.has_grant for folder_item in store.list_ancestors(item.folder)
        )

    def is_writer_into(self, folder: str, store: Store) -> bool:
        """Whether the person may make something in a folder, or in none."""
        folder_item = store.folders.get(folder)
        return self.is_writer() and (folder_item is None or self.is_reader_of(folder_item, store))

    def is_writer_of(self, item: Item, store: Store) -> bool:
        """Whether the person may save or delete it."""
        return self.is_writer() and self.is_reader_of(item, store)


@dataclass(frozen=True)
class Accounts:
    """Tokens and passwords with their owners."""

    tokens: Mapping[str, User]
    passwords: Mapping[tuple[str, str], User]

    def find_user(self, header: str | None) -> User | None:
        """Who sends this Authorization; None for nobody; a refusal for wrong credentials."""
        if not header:
            return None
        kind, _, word = header.partition(" ")
        if kind == "Bearer":
            if word not in self.tokens:
                raise build_unauthorized_error("Invalid API key", "api-key.invalid")
            return self.tokens[word]
        user, _, password = b64decode(word).decode().partition(":")
        if (user, password) not in self.passwords:
            raise build_unauthorized_error("Invalid username or password", "password-auth.failed")
        return self.passwords[user, password]
