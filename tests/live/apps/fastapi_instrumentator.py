# mypy: ignore-errors
"""prometheus-fastapi-instrumentator with its defaults and its in-progress gauge."""

from prometheus_fastapi_instrumentator import Instrumentator

from .shared.asgi import asgi
from .shared.fastapi_routes import fastapi_app

app = fastapi_app()
Instrumentator(should_instrument_requests_inprogress=True).instrument(app).expose(app)
serve = asgi(app)
