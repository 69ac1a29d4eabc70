# mypy: ignore-errors
"""starlette-exporter with its defaults, on FastAPI."""

from starlette_exporter import PrometheusMiddleware, handle_metrics

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.fastapi_routes import create_fastapi_app

app = create_fastapi_app()
app.add_middleware(PrometheusMiddleware)
app.add_route("/metrics", handle_metrics)
serve = build_asgi_server(app)
