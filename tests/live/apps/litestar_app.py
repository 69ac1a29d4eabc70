# mypy: ignore-errors
"""Litestar's own Prometheus plugin with the route's template as its label."""

from litestar import Litestar, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.item_store import ItemStore

shop = ItemStore()


@get(["/ok", "/health"])
async def ok() -> dict[str, bool]:
    """Answer at once."""
    return {"ok": True}


@get("/slow", sync_to_thread=True)
def slow() -> dict[str, bool]:
    """Answer late."""
    return shop.run_slow_query()


@get("/items/{item_id:int}", sync_to_thread=True)
def read_item(item_id: int) -> dict[str, int]:
    """Read one item."""
    return shop.read_item(item_id)


@post("/items/{item_id:int}", sync_to_thread=True)
def write_item(item_id: int) -> dict[str, int]:
    """Write one item."""
    return shop.write_item(item_id)


@get("/missing-item")
async def missing_item() -> None:
    """Answer 404 from the handler."""
    raise NotFoundException("no such item")


@get("/fail")
async def fail() -> Response[dict[str, str]]:
    """Answer an explicit 500."""
    return Response({"detail": "failed"}, status_code=500)


@get("/boom")
async def boom() -> None:
    """Raise what nobody handles."""
    shop.raise_error()


app = Litestar(
    [PrometheusController, ok, slow, read_item, write_item, missing_item, fail, boom],
    middleware=[PrometheusConfig(group_path=True).middleware],
)
serve = build_asgi_server(app)
