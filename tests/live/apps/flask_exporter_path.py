# mypy: ignore-errors
"""prometheus-flask-exporter with its defaults: the raw path is the label."""

from prometheus_flask_exporter import PrometheusMetrics

from .shared.flask_routes import flask_app
from .shared.wsgi import wsgi

app = flask_app()
PrometheusMetrics(app)
serve = wsgi(app)
