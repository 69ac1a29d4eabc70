"""Prometheus 2 and Prometheus 3: what depends on the server's version is tested on both.

Version 2 is the distribution's, version 3 is built once by Go:
`go install github.com/prometheus/prometheus/cmd/...@v0.316.0`. Such a build does not know its
version, so what it reads tells.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.required_programs import list_programs, refuse_test, require_program

PROMETHEUS_VERSIONS = (pytest.param("2"), pytest.param("3", marks=pytest.mark.slow))
"""Parameters of what runs on both servers: `make test` has the first, `make test-slow` both."""

GO_MODULE_VERSION = "v0.316.0"
GO_INSTALL = (
    f"go install github.com/prometheus/prometheus/cmd/prometheus@{GO_MODULE_VERSION} "
    f"github.com/prometheus/prometheus/cmd/promtool@{GO_MODULE_VERSION}"
)

UTF_8_RULE = "groups: [{name: g, rules: [{record: a, expr: '{\"a.b\"}'}]}]\n"
"""What Prometheus 3 reads and Prometheus 2 does not."""


@dataclass(frozen=True)
class PrometheusPrograms:
    """A server and its tool, from one folder."""

    version: str
    prometheus: str
    promtool: str


def require_prometheus(version: str) -> PrometheusPrograms:
    """The programs of a version; without them the test is skipped, or fails on CI.

    CI has to have version 3 where it can be built, and version 2 as long as the distribution has.
    """
    require_program("prometheus", "prometheus")
    programs = {programs.version: programs for programs in list_prometheus_programs()}
    if version not in programs:
        can_build = shutil.which("go") is not None
        tip = GO_INSTALL if version == "3" else "apt-get install prometheus"
        refuse_test(
            f"Prometheus {version} is not installed: {tip}",
            is_required=version == "3" and can_build,
        )
    return programs[version]


def list_prometheus_programs() -> list[PrometheusPrograms]:
    """One server of each version, the first that is found."""
    folders = [Path(path).parent for path in list_programs("promtool")]
    programs_by_version: dict[str, PrometheusPrograms] = {}
    for folder in folders:
        paths = (folder / "prometheus", folder / "promtool")
        if all(path.is_file() for path in paths):
            version = read_major_version(str(paths[1]))
            programs = PrometheusPrograms(version, *map(str, paths))
            programs_by_version.setdefault(version, programs)
    return [programs_by_version[version] for version in sorted(programs_by_version)]


@cache
def read_major_version(promtool: str) -> str:
    """ "3" of a promtool that reads names in quotes, else "2"."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as rules:
        rules.write(UTF_8_RULE)
        rules.flush()
        command = [promtool, "check", "rules", rules.name]
        process = subprocess.run(command, capture_output=True, check=False)
    return "3" if process.returncode == 0 else "2"
