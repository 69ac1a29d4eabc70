"""What grafanalib's encoder is given: `python -m benchmarks.with_grafanalib FOLDER`.

`write_dashboard` is what grafanalib's command `generate-dashboards` calls for every definition.
The command wants one file a dashboard and imports each of them, which is left out here.
"""

import sys
from pathlib import Path
from typing import Any

from grafanalib._gen import write_dashboard
from grafanalib.core import Dashboard, GridPos, RowPanel, Template, Templating

from benchmarks import workload
from benchmarks.grafanalib_panels import grafanalib_panel


def grafanalib_dashboard(one: workload.Dashboard) -> Any:
    """The dashboard as an object of grafanalib's."""
    panels = []
    for row in one.rows:
        panels.append(RowPanel(title=row.title, gridPos=GridPos(h=1, w=24, x=0, y=row.y)))
        panels += [grafanalib_panel(panel) for panel in row.panels]
    return Dashboard(
        title=one.title,
        uid=one.uid,
        tags=[workload.TAG],
        timezone="browser",
        templating=Templating(_variables(one.service)),
        panels=panels,
    ).auto_panel_ids()


def _variables(service: str) -> list[Any]:
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


def _write(folder: Path) -> None:
    for one in workload.dashboards():
        with (folder / f"{one.uid}.json").open("w") as stream:
            write_dashboard(grafanalib_dashboard(one), stream)


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
