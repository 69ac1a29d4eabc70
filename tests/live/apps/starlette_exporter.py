# mypy: ignore-errors
"""starlette-exporter with its defaults, on FastAPI."""

from starlette_exporter import PrometheusMiddleware, handle_metrics

from .shared.asgi import asgi
from .shared.fastapi_routes import fastapi_app

app = fastapi_app()
app.add_middleware(PrometheusMiddleware)
app.add_route("/metrics", handle_metrics)
serve = asgi(app)
