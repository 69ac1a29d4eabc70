"""Requests that come in faster than they are answered."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import VALUE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import promql, traffic
from tailboard.panels.concept import IN_FLIGHT, REQUESTS
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "RequestsPilingUp"


def requests_piling_up(service: Service) -> Iterator[AlertRule]:
    """More requests are in flight than can be if each is answered in the time it may take.

    By Little's law they take longer on average than the latency objective, even where no duration
    is measured yet because none of them comes to an end. Look at what they wait for: the database,
    its pool of connections, a call without a timeout, too few workers.
    """
    in_flight_limit = traffic.build_in_flight_limit(service, NAME, WINDOW)
    max_duration = promql.format_number(traffic.find_max_duration(service))
    low_count = 0.5 * traffic.MINIMUM_IN_FLIGHT_LIMIT
    yield AlertRule(
        name=NAME,
        expression=promql.filter_above(traffic.build_in_flight(service, NAME), in_flight_limit),
        severity="warning",
        signal="saturation",
        lasting="3m",
        summary=f"{VALUE_TEMPLATE} requests pile up in {format_label_template('instance')} of "
        f"{escape_template(service.name)}",
        description=f"{VALUE_TEMPLATE} requests wait for an answer of "
        f"{format_label_template('instance')}, more than there can be if each took "
        f"{max_duration}s. Look first at what they wait for: the database, its pool, a call "
        "without a timeout.",
        panel=traffic.in_flight,
        limit=traffic.build_in_flight_limit(service, NAME),
        series_labels=("instance", *service.by),
        examples=(
            Example("stuck", _build_request_series(service, 0, 50), is_firing=True),
            Example(
                "quick",
                _build_request_series(service, 100 / traffic.find_max_duration(service), 50),
                is_firing=False,
            ),
            Example("few", _build_request_series(service, 0, low_count), is_firing=False),
        ),
    )


def _build_request_series(service: Service, rate: float, in_flight: float) -> dict[str, str]:
    return {
        **example_series.build_counter_series(service, REQUESTS, rate),
        **example_series.build_gauge_series(
            service, IN_FLIGHT, example_series.format_constant(in_flight)
        ),
    }
