"""litestar 2.25.0's own Prometheus plugin with route templates.

Choose it for a Litestar application with `PrometheusConfig(group_path=True)`.
"""

from dataclasses import replace

from tailboard.panels.conventions.litestar import LITESTAR, NOTES

LITESTAR_GROUPED = replace(
    LITESTAR.evolve(name="litestar_grouped"),
    library="litestar 2.25.0, group_path=True",
    raw_paths=False,
    notes=NOTES,
)
