"""The shop's database: SQLite in memory, plus the delays of a database across a network.

`orders` has no index on `user_id`. A query whose plan (EXPLAIN QUERY PLAN) scans the table waits
for the disk in one of ten cases; in the other nine the table is cached. So a missing index looks
from outside: slow for a few requests and invisible on average.
"""

import sqlite3
import threading
from collections.abc import Callable
from time import sleep

from demo.fixed_share import FixedShare
from demo.instrumentation import track_db_query

USER_COUNT = 1_000
ORDER_COUNT = 20_000
MAX_ORDER_CENTS = 90_000
"""Cents. The bank declines larger payments."""

ROUND_TRIP = 0.012
LIST_ROUND_TRIP = 0.018
DISK_READ_SECONDS = 2.8
COLD_SHARE = 0.1

Row = dict[str, int | str]


class OrdersDatabase:
    """Users and orders. `delay` sleeps; a test may pass a function that does not."""

    def __init__(self, *, indexed: bool, delay: Callable[[float], None] = sleep) -> None:
        self.delay = delay
        self._cold = FixedShare(COLD_SHARE)
        self._lock = threading.Lock()
        # A cached statement would keep the plan from before the index.
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, cached_statements=0)
        self._connection.row_factory = sqlite3.Row
        self._insert_rows()
        self.set_index(indexed)

    def close(self) -> None:
        """Close the connection, which deletes the data."""
        self._connection.close()

    def set_index(self, indexed: bool) -> None:
        """Create the missing index, or drop it again."""
        if indexed:
            self._run_query("CREATE INDEX IF NOT EXISTS orders_by_user ON orders (user_id)")
        else:
            self._run_query("DROP INDEX IF EXISTS orders_by_user")

    @track_db_query("SELECT", "users")
    def find_user(self, user_id: int) -> Row | None:
        """Find a user by primary key."""
        self.delay(ROUND_TRIP)
        return next(iter(self._run_query("SELECT id, name FROM users WHERE id = ?", user_id)), None)

    @track_db_query("SELECT", "orders")
    def list_orders(self, user_id: int) -> list[Row]:
        """Return a user's latest orders: the query that needs the index."""
        query = "SELECT id, user_id, cents FROM orders WHERE user_id = ? ORDER BY id DESC LIMIT 20"
        self.delay(LIST_ROUND_TRIP)
        if self._is_full_scan(query, user_id) and self._cold():
            self.delay(DISK_READ_SECONDS)
        return self._run_query(query, user_id)

    @track_db_query("SELECT", "orders")
    def find_order(self, order_id: int) -> Row | None:
        """Find an order by primary key."""
        self.delay(ROUND_TRIP)
        rows = self._run_query("SELECT id, user_id, cents FROM orders WHERE id = ?", order_id)
        return next(iter(rows), None)

    @track_db_query("INSERT", "orders")
    def add_order(self, user_id: int, cents: int) -> Row:
        """Store an order and return it."""
        self.delay(ROUND_TRIP)
        [row] = self._run_query(
            "INSERT INTO orders (user_id, cents) VALUES (?, ?) RETURNING id, user_id, cents",
            user_id,
            cents,
        )
        return row

    def _is_full_scan(self, query: str, *values: int) -> bool:
        plan = self._run_query(f"EXPLAIN QUERY PLAN {query}", *values)
        return any(str(step["detail"]).startswith("SCAN") for step in plan)

    def _run_query(self, query: str, *values: int) -> list[Row]:
        with self._lock, self._connection:
            return [dict(row) for row in self._connection.execute(query, values)]

    def _insert_rows(self) -> None:
        with self._connection:
            self._connection.executescript(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL"
                " REFERENCES users, cents INTEGER NOT NULL);"
            )
            self._connection.executemany(
                "INSERT INTO users (id, name) VALUES (?, ?)",
                ((user, f"User {user}") for user in range(1, USER_COUNT + 1)),
            )
            self._connection.executemany(
                "INSERT INTO orders (user_id, cents) VALUES (?, ?)",
                ((1 + order * 7 % USER_COUNT, 500 + order % 9_500) for order in range(ORDER_COUNT)),
            )
