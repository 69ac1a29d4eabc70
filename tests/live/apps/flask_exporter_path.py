# mypy: ignore-errors
"""prometheus-flask-exporter with its defaults: the raw path is the label."""

from prometheus_flask_exporter import PrometheusMetrics

from tests.live.apps.shared.flask_routes import create_flask_app
from tests.live.apps.shared.wsgi import build_wsgi_server

app = create_flask_app()
PrometheusMetrics(app)
serve = build_wsgi_server(app)
