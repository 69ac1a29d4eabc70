# mypy: ignore-errors
"""How a WSGI app is served on a loopback port."""

import logging
from collections.abc import Callable

from werkzeug.serving import make_server


def build_wsgi_server(app: object) -> Callable[[int, str], None]:
    """Return the `serve` function of a WSGI app."""

    def serve(port: int, role: str) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        make_server("127.0.0.1", port, app, threaded=True).serve_forever()

    return serve
