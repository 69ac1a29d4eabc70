"""Play every scenario against a disposable Grafana and record its responses.

Run `python -m tests.grafana.recorder [SCENARIO]...` with a `grafana` on the PATH.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.grafana import provisioned_dashboards, recording
from tests.grafana.exchange import play_steps
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana
from tests.grafana.scenarios import SCENARIOS
from tests.live.processes import wait_until


def record_scenarios(server: RealGrafana, names: Sequence[str]) -> list[Path]:
    """Play scenarios, each on an emptied server; return the files written."""
    version = server.fetch_version()
    paths = []
    for name in names:
        server.delete_items()
        steps = SCENARIOS[name]
        paths.append(recording.write_recording(name, version, steps, play_steps(server, steps)))
    return paths


def record_provisioned(folder: Path) -> Path:
    """Play the scenario that needs a server with dashboards from files."""
    provisioned_dashboards.write_provisioning_files(folder / "provisioning")
    with run_grafana(folder) as server:
        assert wait_until(lambda: provisioned_dashboards.is_provisioned(server), timeout=30), (
            "nothing was provisioned"
        )
        answers = play_steps(server, provisioned_dashboards.STEPS)
        return recording.write_recording(
            provisioned_dashboards.SCENARIO,
            server.fetch_version(),
            provisioned_dashboards.STEPS,
            answers,
        )


def main(names: Sequence[str]) -> None:
    """Record the named scenarios, or all."""
    if find_installation() is None:
        sys.exit(
            "there is no grafana on the PATH, with its home folder beside it or in GRAFANA_HOME"
        )
    scenarios = list(names) or [*sorted(SCENARIOS), provisioned_dashboards.SCENARIO]
    with tempfile.TemporaryDirectory() as folder:
        if provisioned_dashboards.SCENARIO in scenarios:
            scenarios.remove(provisioned_dashboards.SCENARIO)
            _print_path(record_provisioned(Path(folder) / "with-files"))
        if scenarios:
            with run_grafana(Path(folder) / "empty") as server:
                for path in record_scenarios(server, scenarios):
                    _print_path(path)


def _print_path(path: Path) -> None:
    sys.stderr.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
