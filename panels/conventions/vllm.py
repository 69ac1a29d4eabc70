"""vLLM 0.29 and its engine of version 1.

Choose it for a server that runs models itself with `vllm serve`. The names are written with a
colon, and the same since 0.11.
"""

from tailboard.panels.concept import (
    DURATION,
    EXCEPTIONS,
    FIRST_TOKEN,
    IN_FLIGHT,
    INPUT_TOKENS,
    KV_CACHE_USAGE,
    MODEL_CALLS,
    MODEL_COST,
    MODEL_DURATION,
    MODEL_FAILURES,
    OUTPUT_TOKENS,
    PREEMPTIONS,
    PREFIX_CACHE_HITS,
    PREFIX_CACHE_LOOKUPS,
    REQUEST_WAIT,
    REQUESTS,
    RUNNING_REQUESTS,
    TOKEN_INTERVAL,
    WAITING_REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.conventions.unmeasured import NO_COST
from tailboard.panels.metric import Counter, Gauge, Histogram, Role, Unit
from tailboard.panels.statuses import Statuses, StatusGroup

FINISH_REASONS = Statuses(
    "vLLM",
    successes=StatusGroup(("stop", "length", "repetition")),
    failures=StatusGroup(("error",)),
    client_errors=StatusGroup(("abort",)),
)
"""Why a request ended: `error` is an error of the engine, `abort` a client that went away."""

_MODEL = {Role.MODEL: "model_name"}
_STATUS = "finished_reason"
_ENGINE_ONLY = (
    "Counts what the engine took on: a request refused before that, as for a wrong parameter, is "
    "only in http_requests_total of the same port."
)

_DURATION = Histogram(
    "vllm:e2e_request_latency_seconds",
    labels=_MODEL,
    unit=Unit.SECONDS,
    buckets=buckets.VLLM_REQUEST,
    caution="The time grows with the length of the answer.",
)

VLLM = Convention(
    name="vllm",
    library="vLLM 0.29.0",
    metrics={
        REQUESTS: Counter(
            "vllm:request_success_total",
            labels={Role.STATUS: _STATUS},
            caution=_ENGINE_ONLY,
            statuses=FINISH_REASONS,
        ),
        DURATION: _DURATION,
        MODEL_CALLS: Counter("vllm:request_success_total", labels=_MODEL, caution=_ENGINE_ONLY),
        MODEL_FAILURES: Counter(
            "vllm:request_success_total",
            labels=_MODEL,
            matchers={_STATUS: "error"},
            caution=_ENGINE_ONLY,
        ),
        MODEL_DURATION: _DURATION,
        FIRST_TOKEN: Histogram(
            "vllm:time_to_first_token_seconds",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.VLLM_FIRST_TOKEN,
            caution="The wait in the queue and the reading of the prompt are in it.",
        ),
        TOKEN_INTERVAL: Histogram(
            "vllm:inter_token_latency_seconds",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.VLLM_TOKEN_INTERVAL,
        ),
        INPUT_TOKENS: Counter("vllm:prompt_tokens_total", labels=_MODEL),
        OUTPUT_TOKENS: Counter("vllm:generation_tokens_total", labels=_MODEL),
        RUNNING_REQUESTS: Gauge("vllm:num_requests_running", labels=_MODEL),
        WAITING_REQUESTS: Gauge("vllm:num_requests_waiting", labels=_MODEL),
        REQUEST_WAIT: Histogram(
            "vllm:request_queue_time_seconds",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.VLLM_REQUEST,
            caution="No bucket ends below 0.3 s, unless --custom-histogram-buckets adds some.",
        ),
        KV_CACHE_USAGE: Gauge("vllm:kv_cache_usage_perc", labels=_MODEL),
        PREFIX_CACHE_LOOKUPS: Counter("vllm:prefix_cache_queries_total", labels=_MODEL),
        PREFIX_CACHE_HITS: Counter("vllm:prefix_cache_hits_total", labels=_MODEL),
        PREEMPTIONS: Counter("vllm:num_preemptions_total", labels=_MODEL),
        **PROCESS,
    },
    missing={
        IN_FLIGHT: "vLLM tells the requests that run from those that wait, which "
        "vllm:num_requests_running and vllm:num_requests_waiting count.",
        MODEL_COST: NO_COST,
        EXCEPTIONS: "the engine counts no exceptions by type; its log has them, and "
        'finished_reason="error" counts the requests that they ended.',
    },
    notes=(
        "Prometheus 2 gets the names with an underscore, vllm_request_success_total, where vLLM "
        "runs with a recent prometheus-client (seen with 0.26), which writes no colon into "
        "OpenMetrics for a server that does not ask for UTF-8 names: "
        'evolve(prefix=("vllm:", "vllm_")).',
        "The names are those of the engine of version 1. The time between tokens was "
        "vllm:time_per_output_token_seconds before 0.11, the use of the cache "
        "vllm:gpu_cache_usage_perc before 0.9: replace the metric with evolve.",
        "The same port exposes http_requests_total and http_request_duration_seconds of "
        "prometheus-fastapi-instrumentator, by path and HTTP status: a second service with the "
        "convention fastapi_instrumentator shows them.",
        "vllm:kv_cache_usage_perc is a share of 1 in spite of its name. Near 1 the engine preempts "
        "requests and computes them again.",
        "With several engines (data parallel) the label engine tells them apart; with several API "
        "servers process_* and python_* are gone: leave them out with "
        "evolve(metrics=dict.fromkeys(PROCESS)).",
        "--custom-histogram-buckets changes the bounds of the buckets: write them into the "
        "histograms with evolve. tailboard init reads them from /metrics.",
        "A request may end for a reason that vLLM adds later: it counts as one that did not fail.",
    ),
)
