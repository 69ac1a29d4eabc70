"""An instance that Prometheus does not reach."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.template import escape_template, format_label_template
from tailboard.panels import health, promql
from tailboard.panels.service import Service

NAME = "InstanceDown"


def instance_down(service: Service) -> Iterator[AlertRule]:
    """One instance does not answer Prometheus.

    The others carry its load, if there are others. Look whether the process runs and what its log
    says last; then whether Prometheus may reach its port. After a planned removal, take the target
    out of Prometheus' configuration.
    """
    up_series = promql.select_series(service.select_up(NAME))
    yield AlertRule(
        name=NAME,
        expression=f"{up_series} == 0",
        severity="warning",
        signal="up",
        lasting="2m",
        summary=f"{format_label_template('instance')} of {escape_template(service.name)} is down",
        description=f"Prometheus has not reached {format_label_template('instance')} for two "
        "minutes: whoever it served is served by the others, or by nobody. Look first whether the "
        "process runs and what its log says last.",
        panel=health.up,
        limit=0,
        series_labels=("instance", *service.by),
        examples=(
            Example(
                "one of two",
                _build_instance_series(service, example_series.format_constant(0)),
                is_firing=True,
                delay="1m",
            ),
            Example(
                "both up",
                _build_instance_series(service, example_series.format_constant(1)),
                is_firing=False,
                delay="1m",
            ),
            Example(
                "a restart",
                _build_instance_series(service, "1x8 0x4 1+0"),
                is_firing=False,
                delay="1m",
            ),
        ),
    )


def _build_instance_series(service: Service, values: str) -> dict[str, str]:
    up_values = example_series.format_constant(1)
    return {
        **example_series.build_target_series(service, "up", values),
        **example_series.build_target_series(service, "up", up_values, instance="b:8000"),
    }
