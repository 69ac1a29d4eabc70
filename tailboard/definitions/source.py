"""Where dashboards and rules come from."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailboard.definitions import load
from tailboard.panels.record import record

if TYPE_CHECKING:
    from tailboard.panels.service import Service


@record
class Source:
    """Where dashboards come from: a definition, a convention of the library, or many services."""

    name: str
    path: Path | None = None
    convention: str = ""
    services: "Sequence[Service]" = ()

    def load_declarations(self, fleet: "list[Service]") -> Iterator[Any]:
        """Its dashboards and rule sets, one at a time; its services are added to the fleet."""
        if self.path:
            return load.load_definition(self.path, fleet)
        from tailboard.dashboards.library import build_fleet_dashboard, build_library
        from tailboard.panels.conventions import resolve_convention
        from tailboard.panels.service import every_service

        if self.services:
            return build_fleet_dashboard(self.services)
        return build_library([every_service(resolve_convention(self.convention))])
