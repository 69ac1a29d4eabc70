"""What tailboard is given: `tailboard build benchmarks/definition.py`."""

from collections.abc import Iterator

from benchmarks import workload
from benchmarks.grafanalib_panels import grafanalib_panel
from tailboard.dashboards import Dashboard, Row
from tailboard.dashboards.variables import label_values


def _dashboards() -> Iterator[Dashboard]:
    for one in workload.dashboards():
        yield Dashboard(
            one.title,
            uid=one.uid,
            tags=[workload.TAG],
            variables=[label_values("instance", f'up{{job="{one.service}"}}', "instance")],
            rows=[Row(row.title, [grafanalib_panel(it) for it in row.panels]) for row in one.rows],
        )


dashboards = _dashboards()
