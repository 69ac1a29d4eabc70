"""Language models: first tokens, tokens, queue, cache, failures."""

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import (
    apply_feasible_builders,
    build_service_dashboard,
    strip_empty_rows,
)
from tailboard.panels import llm as panels_llm
from tailboard.panels.service import Service


def llm(service: Service) -> Dashboard:
    """What callers of language models feel first, then what the models are busy with."""
    return build_service_dashboard(
        service, "llm", "Language models", _build_rows, description=str(llm.__doc__)
    )


def _build_rows(service: Service) -> list[Row]:
    return strip_empty_rows(
        Row(
            "What callers feel",
            apply_feasible_builders(
                service,
                panels_llm.first_token,
                panels_llm.token_interval,
                panels_llm.duration,
                panels_llm.failure_ratio,
            ),
        ),
        Row(
            "Load",
            apply_feasible_builders(
                service,
                panels_llm.queue,
                panels_llm.wait,
                panels_llm.tokens,
                panels_llm.calls,
                panels_llm.cost,
            ),
        ),
        Row(
            "Cache",
            apply_feasible_builders(
                service,
                panels_llm.cache_usage,
                panels_llm.preemptions,
                panels_llm.prefix_cache_hit_ratio,
            ),
        ),
        Row(
            "Models",
            apply_feasible_builders(
                service,
                panels_llm.first_token_by_model,
                panels_llm.token_interval_by_model,
                panels_llm.duration_by_model,
                panels_llm.output_tokens_by_model,
                panels_llm.failures_by_type,
            ),
        ),
    )
