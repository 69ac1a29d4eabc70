"""Services of unlike conventions in one table."""

from __future__ import annotations

from typing import Any

import pytest

from tailboard.panels import Objectives, Service, fleet
from tailboard.panels.concept import DURATION, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    FASTAPI_INSTRUMENTATOR,
    FLASK_EXPORTER,
    PROMETHEUS_CLIENT,
    PUSHGATEWAY_JOBS,
)
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.metric import Counter, Histogram, Role
from tests.panels.panel_contents import (
    STRICT_OBJECTIVES,
    build_service,
    find_field_override,
    list_expressions,
    render_panel,
)

REQUEST_COUNTER = Counter("asked_total", {Role.ROUTE: "r", Role.STATUS: "s"})
COUNTS_CONVENTION = Convention(name="counts", library="own", metrics={REQUESTS: REQUEST_COUNTER})
EMPTY_CONVENTION = Convention(name="nothing", library="own", metrics={})


def list_titles(panel: Any) -> list[str]:
    return list(render_panel(panel)["transformations"][1]["options"]["renameByName"].values())


def find_sort_column(panel: Any) -> str:
    return str(render_panel(panel)["options"]["sortBy"][0]["displayName"])


def test_a_service_that_only_counts_still_has_its_errors() -> None:
    panel = fleet.services([build_service(COUNTS_CONVENTION)])
    assert list_titles(panel) == ["Service", "Up", "Requests", "Errors"]
    assert find_sort_column(panel) == "Errors"
    assert "Percentiles" not in panel.description


def test_a_service_that_only_measures_still_has_its_percentiles() -> None:
    measured = {DURATION: Histogram("took", buckets=(0.1, 1.0))}
    panel = fleet.services([build_service(Convention(name="own", library="own", metrics=measured))])
    assert list_titles(panel) == ["Service", "Up", "P50", "P95", "P99"]
    assert find_sort_column(panel) == "Up"


def test_a_fleet_without_requests_is_sorted_by_what_is_left() -> None:
    panel = fleet.services([build_service(EMPTY_CONVENTION)])
    assert list_titles(panel) == ["Service", "Up"]
    assert find_sort_column(panel) == "Up"


def test_pushed_jobs_in_a_fleet_leave_their_cells_empty() -> None:
    jobs = Service("jobs", {"job": "jobs"}, PUSHGATEWAY_JOBS)
    panel = fleet.services([jobs, build_service(PROMETHEUS_CLIENT)])
    assert list_titles(panel) == ["Service", "Up", "Requests", "Errors", "P50", "P95", "P99"]
    assert not [expression for expression in list_expressions(panel) if 'job="jobs"' in expression]


def test_a_fleet_of_pushed_jobs_alone_is_refused() -> None:
    with pytest.raises(MissingMetricError, match=r"'fleet\.services'"):
        fleet.services([build_service(PUSHGATEWAY_JOBS)])


def test_a_fleet_of_nothing_is_refused() -> None:
    with pytest.raises(DefinitionError, match="at least one service"):
        fleet.services([])


def test_the_fleet_shows_the_percentiles_that_the_overview_shows() -> None:
    """The instrumentator's durations by route end at 1 s, those of the whole service at 60 s."""
    quantiles = list_expressions(fleet.services([build_service(FASTAPI_INSTRUMENTATOR)]))[3:]
    assert len(quantiles) == 3
    assert all(
        "http_request_duration_highr_seconds_bucket" in percentile for percentile in quantiles
    )


def test_errors_turn_red_at_the_strictest_limit() -> None:
    loose = Service("loose", {"job": "loose"}, FLASK_EXPORTER, Objectives(availability=0.9))
    assert (
        find_field_override(fleet.services([loose]), "Errors")["thresholds"]["steps"][1]["value"]
        == 0.1
    )
    panel = fleet.services([loose, build_service(PROMETHEUS_CLIENT, objectives=STRICT_OBJECTIVES)])
    assert find_field_override(panel, "Errors")["thresholds"]["steps"][1]["value"] == 0.01


def test_a_row_opens_the_overview_of_its_service_in_the_same_time_range() -> None:
    (link,) = find_field_override(fleet.services([build_service(PROMETHEUS_CLIENT)]), "Service")[
        "links"
    ]
    assert link["url"] == "/d/${__data.fields.Service}-overview?${__url_time_range}"


def test_every_service_has_a_row_under_its_slug() -> None:
    named = [
        Service(name, {"job": name}, FLASK_EXPORTER) for name in ("Orders API", "订单", "库存")
    ]
    for expression in list_expressions(fleet.services(named)):
        for convention_name in named:
            assert f'"service", "{convention_name.slug}"' in expression
    assert len({convention_name.slug for convention_name in named}) == 3
