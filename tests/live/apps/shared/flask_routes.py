# mypy: ignore-errors
"""The shop's routes on Flask."""

import logging

from flask import Flask, abort

from tests.live.apps.shared.item_store import ItemStore


def create_flask_app() -> Flask:
    """Build a Flask app with every route but `/metrics`."""
    shop = ItemStore()
    app = Flask("shop")
    app.logger.setLevel(logging.CRITICAL)

    @app.get("/health")
    @app.get("/ok")
    def ok() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/slow")
    def slow() -> dict[str, bool]:
        return shop.run_slow_query()

    @app.get("/items/<int:item_id>")
    def read_item(item_id: int) -> dict[str, int]:
        return shop.read_item(item_id)

    @app.post("/items/<int:item_id>")
    def write_item(item_id: int) -> dict[str, int]:
        return shop.write_item(item_id)

    @app.get("/missing-item")
    def missing_item() -> None:
        abort(404)

    @app.get("/fail")
    def fail() -> tuple[dict[str, str], int]:
        return {"detail": "failed"}, 500

    @app.get("/boom")
    def boom() -> None:
        shop.raise_error()

    return app
