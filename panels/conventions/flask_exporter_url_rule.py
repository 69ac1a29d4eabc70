"""prometheus-flask-exporter 0.23.2 by URL rule.

Choose it for a Flask application with `PrometheusMetrics(app, group_by="url_rule")`.
"""

from dataclasses import replace

from tailboard.panels.conventions.flask_exporter import FLASK_EXPORTER, NOTES

FLASK_EXPORTER_URL_RULE = replace(
    FLASK_EXPORTER.evolve(name="flask_exporter_url_rule", labels={"path": "url_rule"}),
    library='prometheus-flask-exporter 0.23.2, group_by="url_rule"',
    raw_paths=False,
    notes=('Unknown paths share the route "None".', *NOTES),
)
