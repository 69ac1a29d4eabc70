# mypy: ignore-errors
"""prometheus-flask-exporter with the route's template as its label."""

from prometheus_flask_exporter import PrometheusMetrics

from tests.live.apps.shared.flask_routes import create_flask_app
from tests.live.apps.shared.wsgi import build_wsgi_server

app = create_flask_app()
PrometheusMetrics(app, group_by="url_rule")
serve = build_wsgi_server(app)
