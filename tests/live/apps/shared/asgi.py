# mypy: ignore-errors
"""How an ASGI app is served on a loopback port."""

from collections.abc import Callable

import uvicorn


def build_asgi_server(app: object) -> Callable[[int, str], None]:
    """Return the `serve` function of an ASGI app."""

    def serve(port: int, role: str) -> None:
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)

    return serve
