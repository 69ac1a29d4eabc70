"""The dashboards as a tailboard definition: `tailboard build benchmarks/writing/definition.py`."""

from collections.abc import Iterator

from benchmarks.writing import workload
from benchmarks.writing.grafanalib_panels import build_panel
from tailboard.dashboards import Dashboard, Row
from tailboard.dashboards.variables import label_values


def _build_dashboards() -> Iterator[Dashboard]:
    for definition in workload.generate_dashboards():
        yield Dashboard(
            definition.title,
            uid=definition.uid,
            tags=[workload.TAG],
            variables=[label_values("instance", f'up{{job="{definition.service}"}}', "instance")],
            rows=[
                Row(row.title, [build_panel(panel) for panel in row.panels])
                for row in definition.rows
            ],
        )


dashboards = _build_dashboards()
