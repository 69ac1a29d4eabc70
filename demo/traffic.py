"""The requests of the shop's customers, as an endless and reproducible sequence."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from demo.database import MAX_ORDER_CENTS, ORDER_COUNT, USER_COUNT

CYCLE = {
    "user": 48,
    "orders": 14,
    "order": 14,
    "cart": 11,
    "buy": 9,
    "buy too much": 1,
    "lost order": 1,
    "lost page": 2,
}
"""A hundred requests, 14 of them lists of orders, every tenth of which is slow: 1.4 % of all."""


class Call(NamedTuple):
    """One request."""

    method: str
    path: str
    body: dict[str, int] | None = None


def generate_calls() -> Iterator[Call]:
    """Yield requests without end: random in their order, never in their shares."""
    dice = random.Random(7)
    kinds = [kind for kind, times in CYCLE.items() for _ in range(times)]
    while True:
        dice.shuffle(kinds)
        for kind in kinds:
            yield build_call(kind, dice)


def build_call(kind: str, dice: random.Random) -> Call:
    """Build one request of a kind."""
    user = dice.randint(1, USER_COUNT)
    return {
        "user": Call("GET", f"/api/users/{user}"),
        "orders": Call("GET", f"/api/orders?user_id={user}"),
        "order": Call("GET", f"/api/orders/{dice.randint(1, ORDER_COUNT)}"),
        "cart": Call("POST", f"/api/cart?user_id={user}"),
        "buy": Call("POST", "/api/orders", {"user_id": user, "cents": 500 + user}),
        "buy too much": Call(
            "POST", "/api/orders", {"user_id": user, "cents": MAX_ORDER_CENTS + user}
        ),
        "lost order": Call("GET", f"/api/orders/{10**9 + user}"),
        "lost page": Call("GET", f"/wp-content/{user}.php"),
    }[kind]
