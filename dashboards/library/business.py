"""Metrics of the business: success of operations, steps of a funnel."""

from collections.abc import Mapping

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import build_service_dashboard, strip_empty_rows
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

    def build_rows(selected_service: Service) -> list[Row]:
        success_panels = [
            panels_business.success_ratio(selected_service, name, counter, success_labels)
            for name, (counter, success_labels) in operations.items()
        ]
        rate_panels = [
            panels_business.rate(selected_service, name, counter, by=tuple(success_labels))
            for name, (counter, success_labels) in operations.items()
        ]
        funnel_panels = (
            [panels_business.funnel(selected_service, "Funnel", funnel)] if funnel else []
        )
        return strip_empty_rows(
            Row("Operations", [*success_panels, *rate_panels]), Row("Funnel", funnel_panels)
        )

    description = "Whether what the business is paid for succeeds."
    return build_service_dashboard(
        service, "business", "Business", build_rows, description=description
    )
