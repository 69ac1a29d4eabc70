# mypy: ignore-errors
"""prometheus-flask-exporter with the route's template as its label."""

from prometheus_flask_exporter import PrometheusMetrics

from .shared.flask_routes import flask_app
from .shared.wsgi import wsgi

app = flask_app()
PrometheusMetrics(app, group_by="url_rule")
serve = wsgi(app)
