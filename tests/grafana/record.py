"""Play every scenario against a throw-away Grafana and write down what it answered.

Run `python -m tests.grafana.record [SCENARIO]...` with a `grafana` on the PATH.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.live.processes import wait_until

from . import provisioned, recording
from .exchange import play
from .real import RealGrafana, started
from .scenarios import SCENARIOS


def record(server: RealGrafana, names: Sequence[str]) -> list[Path]:
    """Play scenarios, each on an emptied server; return the files written."""
    version = server.version()
    paths = []
    for name in names:
        server.empty()
        steps = SCENARIOS[name]
        paths.append(recording.write(name, version, steps, play(server, steps)))
    return paths


def record_provisioned(folder: Path) -> Path:
    """Play the scenario that needs a server with dashboards from files."""
    provisioned.write_files(folder / "provisioning")
    with started(folder) as server:
        assert wait_until(lambda: provisioned.is_there(server), timeout=30), (
            "nothing was provisioned"
        )
        answers = play(server, provisioned.STEPS)
        return recording.write(provisioned.SCENARIO, server.version(), provisioned.STEPS, answers)


def main(names: Sequence[str]) -> None:
    """Record the named scenarios, or all."""
    wanted = list(names) or [*sorted(SCENARIOS), provisioned.SCENARIO]
    with tempfile.TemporaryDirectory() as folder:
        if provisioned.SCENARIO in wanted:
            wanted.remove(provisioned.SCENARIO)
            _tell(record_provisioned(Path(folder) / "with-files"))
        if wanted:
            with started(Path(folder) / "empty") as server:
                for path in record(server, wanted):
                    _tell(path)


def _tell(path: Path) -> None:
    sys.stderr.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
