# mypy: ignore-errors
"""The shop's routes on FastAPI."""

from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse

from tests.live.apps.shared.item_store import ItemStore


def create_fastapi_app(shop: ItemStore | None = None) -> FastAPI:
    """Build a FastAPI app with every route but `/metrics`."""
    shop = shop or ItemStore()
    app = FastAPI()

    @app.get("/health")
    @app.get("/ok")
    async def ok() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/slow")
    def slow() -> dict[str, bool]:
        return shop.run_slow_query()

    @app.get("/items/{item_id}")
    def read_item(item_id: int) -> dict[str, int]:
        return shop.read_item(item_id)

    @app.post("/items/{item_id}")
    def write_item(item_id: int) -> dict[str, int]:
        return shop.write_item(item_id)

    @app.get("/missing-item")
    def missing_item() -> None:
        raise HTTPException(404, "no such item")

    @app.get("/fail")
    def fail() -> JSONResponse:
        shop.settle()
        return JSONResponse({"detail": "failed"}, status_code=500)

    @app.get("/boom")
    def boom() -> None:
        shop.raise_error()

    return app
