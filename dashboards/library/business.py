"""An example of what only the team knows: which operations must succeed, which steps users take."""

from collections.abc import Mapping

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.frame import framed
from tailboard.panels import business as panels_business
from tailboard.panels.matcher import Matcher
from tailboard.panels.service import Service


def business(
    service: Service,
    *,
    operations: Mapping[str, tuple[str, Mapping[str, str | Matcher]]],
    funnel: Mapping[str, tuple[str, Mapping[str, str | Matcher]]] | None = None,
) -> Dashboard:
    """The success ratio of each operation, and the funnel that users go through.

    `operations` maps a name to a counter and the labels of its successes, `funnel` a step's name
    to a counter and the labels that mean the step. No convention knows either, so that this
    dashboard is built only where a definition asks for it.
    """

    def rows(chosen: Service) -> list[Row]:
        successes = [
            panels_business.success_ratio(chosen, name, counter, succeeded)
            for name, (counter, succeeded) in operations.items()
        ]
        rates = [
            panels_business.rate(chosen, name, counter, by=tuple(succeeded))
            for name, (counter, succeeded) in operations.items()
        ]
        steps = [panels_business.funnel(chosen, "Funnel", funnel)] if funnel else []
        return [Row("Operations", [*successes, *rates]), *([Row("Funnel", steps)] if steps else [])]

    says = "Whether what the business is paid for succeeds."
    return framed(service, "business", "Business", rows, description=says)
