"""LiteLLM's proxy 1.110 with the callback prometheus.

Choose it for a proxy in front of several providers: it counts what each model costs.
"""

from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    DURATION,
    FIRST_TOKEN,
    IN_FLIGHT,
    INPUT_TOKENS,
    KV_CACHE_USAGE,
    MODEL_CALLS,
    MODEL_COST,
    MODEL_DURATION,
    MODEL_FAILURES,
    OUTPUT_TOKENS,
    REQUEST_WAIT,
    REQUESTS,
    RUNNING_REQUESTS,
    TOKEN_INTERVAL,
    WAITING_REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.metric import Counter, Histogram, Role, Unit

_MODEL = {Role.MODEL: "model"}
_DEPLOYMENT = {Role.MODEL: "litellm_model_name"}
_NO_QUEUE = (
    "the proxy has no gauge of the requests that wait for a model; litellm_in_flight_requests "
    "counts all that it works on."
)
_ATTEMPT = "Counts the attempts at each deployment, so that a request that is retried counts twice."
_CACHE = "The proxy's own cache of answers, not the provider's cache of prompts."

LITELLM = Convention(
    name="litellm",
    library="litellm 1.110.2",
    metrics={
        REQUESTS: Counter(
            "litellm_proxy_total_requests_metric_total", labels={Role.STATUS: "status_code"}
        ),
        DURATION: Histogram(
            "litellm_request_total_latency_metric",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.LITELLM,
            caution="Only of requests that succeed; the time grows with the length of the answer.",
        ),
        MODEL_CALLS: Counter(
            "litellm_deployment_total_requests_total", labels=_DEPLOYMENT, caution=_ATTEMPT
        ),
        MODEL_FAILURES: Counter(
            "litellm_deployment_failure_responses_total",
            labels={**_DEPLOYMENT, Role.EXCEPTION: "exception_class"},
            caution=_ATTEMPT,
        ),
        MODEL_DURATION: Histogram(
            "litellm_llm_api_latency_metric",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.LITELLM,
            caution="The provider's part alone, of calls that succeed.",
        ),
        FIRST_TOKEN: Histogram(
            "litellm_llm_api_time_to_first_token_metric",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.LITELLM,
            caution="Only of streamed answers.",
        ),
        TOKEN_INTERVAL: Histogram(
            "litellm_deployment_latency_per_output_token",
            labels=_DEPLOYMENT,
            unit=Unit.SECONDS,
            buckets=buckets.LITELLM,
            caution="The duration of a call by its tokens, so that the wait for the first token is "
            "in it: an answer of one word looks slow.",
        ),
        INPUT_TOKENS: Counter("litellm_input_tokens_metric_total", labels=_MODEL),
        OUTPUT_TOKENS: Counter("litellm_output_tokens_metric_total", labels=_MODEL),
        REQUEST_WAIT: Histogram(
            "litellm_request_queue_time_seconds",
            labels=_MODEL,
            unit=Unit.SECONDS,
            buckets=buckets.LITELLM,
            caution="The wait in the proxy; what a provider lets wait is in the first token.",
        ),
        MODEL_COST: Counter(
            "litellm_spend_metric_total",
            labels=_MODEL,
            caution="By LiteLLM's own list of prices, not by the provider's bill; models that are "
            "not in the list cost nothing.",
        ),
        CACHE_HITS: Counter("litellm_cache_hits_metric_total", caution=_CACHE),
        CACHE_MISSES: Counter("litellm_cache_misses_metric_total", caution=_CACHE),
        **PROCESS,
    },
    missing={
        IN_FLIGHT: "litellm_in_flight_requests counts calls that take a minute like those that "
        "take a second, so that no limit fits them.",
        RUNNING_REQUESTS: _NO_QUEUE,
        WAITING_REQUESTS: _NO_QUEUE,
        KV_CACHE_USAGE: "the proxy runs no model; the servers behind it know their caches, see the "
        "convention vllm.",
    },
    notes=(
        "The counters end in _metric_total, the histograms in _metric: LiteLLM's names say no "
        "unit. The durations are in seconds.",
        "Each series carries the key, the team, the user and the end user: a series for each of "
        "them and each model. prometheus_metrics_config leaves labels and metrics out.",
        "Several workers need prometheus-client's multi-process mode (PROMETHEUS_MULTIPROC_DIR), "
        "in which process_* and python_* are gone: leave them out with "
        "evolve(metrics=dict.fromkeys(PROCESS)).",
        "The label model is the provider's model, model_group the name in the proxy's "
        "configuration: evolve(labels={...}) chooses the other.",
        "A request that the proxy refuses (no key, over its budget) is one of the requests, and no "
        "call of a model.",
    ),
)
