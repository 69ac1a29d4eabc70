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

from .reading import STRICT, column, document, expressions, service

COUNTED = Counter("asked_total", {Role.ROUTE: "r", Role.STATUS: "s"})
ONLY_COUNTS = Convention(name="counts", library="own", metrics={REQUESTS: COUNTED})
NOTHING = Convention(name="nothing", library="own", metrics={})


def titles(panel: Any) -> list[str]:
    return list(document(panel)["transformations"][1]["options"]["renameByName"].values())


def sorted_by(panel: Any) -> str:
    return str(document(panel)["options"]["sortBy"][0]["displayName"])


def test_a_service_that_only_counts_still_has_its_errors() -> None:
    panel = fleet.services([service(ONLY_COUNTS)])
    assert titles(panel) == ["Service", "Up", "Requests", "Errors"]
    assert sorted_by(panel) == "Errors"
    assert "Percentiles" not in panel.description


def test_a_service_that_only_measures_still_has_its_percentiles() -> None:
    measured = {DURATION: Histogram("took", buckets=(0.1, 1.0))}
    panel = fleet.services([service(Convention(name="own", library="own", metrics=measured))])
    assert titles(panel) == ["Service", "Up", "P50", "P95", "P99"]
    assert sorted_by(panel) == "Up"


def test_a_fleet_without_requests_is_sorted_by_what_is_left() -> None:
    panel = fleet.services([service(NOTHING)])
    assert titles(panel) == ["Service", "Up"]
    assert sorted_by(panel) == "Up"


def test_pushed_jobs_in_a_fleet_leave_their_cells_empty() -> None:
    jobs = Service("jobs", {"job": "jobs"}, PUSHGATEWAY_JOBS)
    panel = fleet.services([jobs, service(PROMETHEUS_CLIENT)])
    assert titles(panel) == ["Service", "Up", "Requests", "Errors", "P50", "P95", "P99"]
    assert not [it for it in expressions(panel) if 'job="jobs"' in it]


def test_a_fleet_of_pushed_jobs_alone_is_refused() -> None:
    with pytest.raises(MissingMetricError, match=r"'fleet\.services'"):
        fleet.services([service(PUSHGATEWAY_JOBS)])


def test_a_fleet_of_nothing_is_refused() -> None:
    with pytest.raises(DefinitionError, match="at least one service"):
        fleet.services([])


def test_the_fleet_shows_the_percentiles_that_the_overview_shows() -> None:
    """The instrumentator's durations by route end at 1 s, those of the whole service at 60 s."""
    quantiles = expressions(fleet.services([service(FASTAPI_INSTRUMENTATOR)]))[3:]
    assert len(quantiles) == 3
    assert all("http_request_duration_highr_seconds_bucket" in it for it in quantiles)


def test_errors_turn_red_at_the_strictest_limit() -> None:
    loose = Service("loose", {"job": "loose"}, FLASK_EXPORTER, Objectives(availability=0.9))
    assert column(fleet.services([loose]), "Errors")["thresholds"]["steps"][1]["value"] == 0.1
    panel = fleet.services([loose, service(PROMETHEUS_CLIENT, objectives=STRICT)])
    assert column(panel, "Errors")["thresholds"]["steps"][1]["value"] == 0.01


def test_a_row_opens_the_overview_of_its_service_in_the_same_time_range() -> None:
    (link,) = column(fleet.services([service(PROMETHEUS_CLIENT)]), "Service")["links"]
    assert link["url"] == "/d/${__data.fields.Service}-overview?${__url_time_range}"


def test_every_service_has_a_row_under_its_slug() -> None:
    named = [
        Service(name, {"job": name}, FLASK_EXPORTER) for name in ("Orders API", "订单", "库存")
    ]
    for expression in expressions(fleet.services(named)):
        for one in named:
            assert f'"service", "{one.slug}"' in expression
    assert len({one.slug for one in named}) == 3
