# mypy: ignore-errors
"""prometheus-fastapi-instrumentator with its defaults and its in-progress gauge."""

from prometheus_fastapi_instrumentator import Instrumentator

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.fastapi_routes import create_fastapi_app

app = create_fastapi_app()
Instrumentator(should_instrument_requests_inprogress=True).instrument(app).expose(app)
serve = build_asgi_server(app)
