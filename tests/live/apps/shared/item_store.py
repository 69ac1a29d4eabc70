"""The store behind every web app: queries on a small SQLite database."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.live.apps.shared.work import WorkError, choose_seconds, simulate_work

SCHEMA = """
CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, item INTEGER);
INSERT INTO items (id, name) VALUES (1, 'cup');
INSERT INTO orders (id, item) VALUES (1, 1);
"""


class ItemStore:
    """What the routes do; an app overrides a method to measure it or to add a dependency."""

    def run_slow_query(self) -> dict[str, bool]:
        """Read the orders without an index: 100 to 400 ms."""
        with _open_database() as cursor:
            cursor.execute("SELECT id, pause(?) FROM orders", [choose_seconds(0.1, 0.4)])
            return {"found": bool(cursor.fetchall())}

    def read_item(self, item_id: int) -> dict[str, int]:
        """Read one item: 1 to 20 ms."""
        with _open_database() as cursor:
            cursor.execute("SELECT id, pause(?) FROM items", [choose_seconds(0.001, 0.02)])
            return {"id": item_id, "found": len(cursor.fetchall())}

    def write_item(self, item_id: int) -> dict[str, int]:
        """Write one item: 1 to 20 ms."""
        simulate_work(0.001, 0.02)
        with _open_database() as cursor:
            cursor.execute("INSERT INTO items (name) VALUES (?)", [str(item_id)])
            return {"id": item_id}

    def settle(self) -> None:
        """Do what `/fail` does before it answers 500."""

    def raise_error(self) -> None:
        """Raise what nobody handles."""
        raise WorkError("boom")


@contextmanager
def _open_database() -> Iterator[sqlite3.Cursor]:
    """Open a database of its own, since a connection may not be used by several threads."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("pause", 1, time.sleep)
        connection.executescript(SCHEMA)
        with closing(connection.cursor()) as cursor:
            yield cursor
