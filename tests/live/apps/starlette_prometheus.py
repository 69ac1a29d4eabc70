# mypy: ignore-errors
"""starlette-prometheus with its defaults, on plain Starlette routes."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette_prometheus import PrometheusMiddleware, metrics

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.item_store import ItemStore

shop = ItemStore()


def ok(request: Request) -> JSONResponse:
    """Answer at once."""
    return JSONResponse({"ok": True})


def slow(request: Request) -> JSONResponse:
    """Answer late."""
    return JSONResponse(shop.run_slow_query())


def item(request: Request) -> JSONResponse:
    """Read or write one item."""
    act = shop.read_item if request.method == "GET" else shop.write_item
    return JSONResponse(act(request.path_params["item_id"]))


def missing_item(request: Request) -> None:
    """Answer 404 from the handler."""
    raise HTTPException(404, "no such item")


def fail(request: Request) -> JSONResponse:
    """Answer an explicit 500."""
    return JSONResponse({"detail": "failed"}, status_code=500)


def boom(request: Request) -> None:
    """Raise what nobody handles."""
    shop.raise_error()


app = Starlette(
    routes=[
        Route("/health", ok),
        Route("/ok", ok),
        Route("/slow", slow),
        Route("/items/{item_id:int}", item, methods=["GET", "POST"]),
        Route("/missing-item", missing_item),
        Route("/fail", fail),
        Route("/boom", boom),
        Route("/metrics", metrics),
    ],
    middleware=[Middleware(PrometheusMiddleware)],
)
serve = build_asgi_server(app)
