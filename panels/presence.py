"""What stands in for a value that has no series yet, while the service is up."""

from tailboard.panels import promql
from tailboard.panels.service import Service


def build_zero_while_up(service: Service, panel: str) -> str:
    """0 for a service that is up, an alternative to no series; empty for what is pushed."""
    if service.is_pushed:
        return ""
    return promql.build_zero_while_up(service.select_up(panel), service.by)
