"""Write the dashboards with grafanalib's encoder.

`python -m benchmarks.writing.with_grafanalib FOLDER`

`write_dashboard` is the function that grafanalib's command `generate-dashboards` calls for every
definition. The command needs one file a dashboard and imports each, which is left out here.
"""

import sys
from pathlib import Path
from typing import Any

from grafanalib._gen import write_dashboard
from grafanalib.core import Dashboard, GridPos, RowPanel, Template, Templating

from benchmarks.writing import workload
from benchmarks.writing.grafanalib_panels import build_panel


def build_grafanalib_dashboard(definition: workload.Dashboard) -> Any:
    """The dashboard as a grafanalib object."""
    panels = []
    for row in definition.rows:
        panels.append(RowPanel(title=row.title, gridPos=GridPos(h=1, w=24, x=0, y=row.y)))
        panels += [build_panel(panel) for panel in row.panels]
    return Dashboard(
        title=definition.title,
        uid=definition.uid,
        tags=[workload.TAG],
        timezone="browser",
        templating=Templating(_build_variables(definition.service)),
        panels=panels,
    ).auto_panel_ids()


def _build_variables(service: str) -> list[Any]:
    return [
        Template(name="datasource", label="Data source", type="datasource", query="prometheus"),
        Template(
            name="instance",
            label="Instance",
            query=f'label_values(up{{job="{service}"}}, instance)',
            dataSource="$datasource",
            includeAll=True,
            allValue=".*",
            multi=True,
        ),
    ]


def _write_dashboards(folder: Path) -> None:
    for definition in workload.generate_dashboards():
        with (folder / f"{definition.uid}.json").open("w") as stream:
            write_dashboard(build_grafanalib_dashboard(definition), stream)


if __name__ == "__main__":
    _write_dashboards(Path(sys.argv[1]))
