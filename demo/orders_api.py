"""The orders API, instrumented: `uvicorn --factory demo.orders_api:create_app`, or run this module.

All delays are constants below or in `database.py`, so that the latencies are the same on every
machine: 78 ms on average, 3.2 s at P99, and 95 ms at P99 with the index.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter, sleep
from typing import Annotated

import click
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.routing import APIRoute
from prometheus_client import REGISTRY, Counter
from prometheus_client.exposition import choose_encoder
from pydantic import BaseModel, Field

from demo.database import MAX_ORDER_CENTS, OrdersDatabase, Row
from demo.faults import Faults, read_faults
from demo.fixed_share import FixedShare
from demo.instrumentation import (
    UNMATCHED,
    UNMEASURED,
    MetricsMiddleware,
    create_request_series,
)

RENDERING_SECONDS = 0.015
PAYMENT_SECONDS = 0.045

ORDERS_CREATED = Counter("orders_created_total", "Orders by how they ended.", ["outcome"])
SHOP_STEPS = Counter("shop_step_total", "Steps customers took on their way to paying.", ["step"])

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NewOrder(BaseModel):
    """The body of `POST /api/orders`."""

    user_id: RowId
    cents: Annotated[int, Field(ge=1, le=10_000_000)]


class Shop:
    """The state that the routes share: the database, the faults and the delays."""

    def __init__(self, faults: Faults, delay: Callable[[float], None]) -> None:
        self.delay = delay
        self.faults = faults
        self.database = OrdersDatabase(indexed=not faults.slow_table, delay=delay)
        self._breaks = FixedShare(faults.error_share)

    def switch_faults(self, changes: Faults) -> Faults:
        """Change some faults; return all of them."""
        self.faults = self.faults.model_copy(update=changes.model_dump(exclude_unset=True))
        self._breaks.share = self.faults.error_share
        self.database.set_index(not self.faults.slow_table)
        return self.faults

    def raise_occasional_error(self) -> None:
        """Respond with 500 to `error_share` of the requests."""
        if self._breaks():
            raise HTTPException(500, "a fault that this demo switches on")

    def find_user(self, user_id: int) -> Row:
        """Find a user, or respond with 404."""
        return self.require_row(self.database.find_user(user_id), "user")

    def require_row(self, row: Row | None, description: str) -> Row:
        """Return the row, or respond with 404."""
        if row is None:
            raise HTTPException(404, f"no such {description}")
        return row

    def take_payment(self, cents: int) -> None:
        """Call the bank, which takes a while and declines large payments."""
        self.delay(PAYMENT_SECONDS)
        if cents > MAX_ORDER_CENTS:
            raise HTTPException(402, "the bank declined")


async def get_shop(request: Request) -> Shop:
    """Return the shop that `create_app` created."""
    shop: Shop = request.app.state.shop
    return shop


ShopDependency = Annotated[Shop, Depends(get_shop)]
api = APIRouter(responses={404: {"description": "No such row"}})
operations = APIRouter(include_in_schema=False)


@api.get("/api/users/{user_id}")
def show_user(user_id: RowId, shop: ShopDependency) -> Row:
    """Show the page that a visit starts with."""
    shop.raise_occasional_error()
    user = shop.find_user(user_id)
    shop.delay(RENDERING_SECONDS)
    SHOP_STEPS.labels("view").inc()
    return user


@api.post("/api/cart", status_code=201)
def fill_cart(user_id: RowId, shop: ShopDependency) -> Row:
    """Put something into the cart, which the browser keeps."""
    shop.raise_occasional_error()
    user = shop.find_user(user_id)
    shop.delay(RENDERING_SECONDS)
    SHOP_STEPS.labels("cart").inc()
    return user


@api.get("/api/orders")
def list_orders(user_id: RowId, shop: ShopDependency) -> list[Row]:
    """List a user's latest orders: the slow one."""
    shop.raise_occasional_error()
    shop.find_user(user_id)
    orders = shop.database.list_orders(user_id)
    shop.delay(RENDERING_SECONDS)
    return orders


@api.post("/api/orders", status_code=201, responses={402: {"description": "Payment declined"}})
def create_order(order: NewOrder, shop: ShopDependency) -> Row:
    """Check out and pay."""
    SHOP_STEPS.labels("checkout").inc()
    try:
        shop.raise_occasional_error()
        shop.find_user(order.user_id)
        shop.take_payment(order.cents)
        created = shop.database.add_order(order.user_id, order.cents)
    except Exception:
        ORDERS_CREATED.labels("failed").inc()
        raise
    shop.delay(RENDERING_SECONDS)
    SHOP_STEPS.labels("paid").inc()
    ORDERS_CREATED.labels("ok").inc()
    return created


@api.get("/api/orders/{order_id}")
def show_order(order_id: RowId, shop: ShopDependency) -> Row:
    """Show one order."""
    shop.raise_occasional_error()
    order = shop.require_row(shop.database.find_order(order_id), "order")
    shop.delay(RENDERING_SECONDS)
    return order


@operations.get("/health")
async def health() -> dict[str, str]:
    """Respond to a health check."""
    return {"status": "ok"}


@operations.get("/metrics")
def metrics(request: Request) -> Response:
    """Respond to a scrape in the format of its Accept header."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), headers={"content-type": content_type})


@operations.get("/demo/faults")
async def show_faults(shop: ShopDependency) -> Faults:
    """Show the faults."""
    return shop.faults


@operations.post("/demo/faults")
def switch_faults(changes: Faults, shop: ShopDependency) -> Faults:
    """Switch faults on or off: `{"slow_table": false}`."""
    return shop.switch_faults(changes)


def create_app(
    faults: Faults | None = None,
    delay: Callable[[float], None] = sleep,
    clock: Callable[[], float] = perf_counter,
) -> FastAPI:
    """Build the application; faults not given come from the environment."""
    shop = Shop(faults or read_faults(os.environ), delay)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        shop.database.close()

    app = FastAPI(title="orders-api", lifespan=lifespan)
    app.state.shop = shop
    app.include_router(api)
    app.include_router(operations)
    app.add_middleware(MetricsMiddleware, unmeasured=UNMEASURED | {"/demo/faults"}, clock=clock)
    create_series()
    return app


def create_series() -> None:
    """Create the series that are known in advance: of routes, statuses and business steps."""
    for route in api.routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                statuses = {route.status_code or 200, *route.responses, 500}
                create_request_series(method, route.path, statuses)
    create_request_series("GET", UNMATCHED, [404])
    for outcome in ("ok", "failed"):
        ORDERS_CREATED.labels(outcome)
    for step in ("view", "cart", "checkout", "paid"):
        SHOP_STEPS.labels(step)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def main(host: str, port: int) -> None:
    """Serve the orders API."""
    uvicorn.run(create_app(), host=host, port=port, access_log=False, timeout_graceful_shutdown=3)


if __name__ == "__main__":
    main()
