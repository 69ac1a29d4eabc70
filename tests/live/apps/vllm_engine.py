# mypy: ignore-errors
"""What an engine of vLLM exposes, without the engine, which needs torch and a model.

The names, labels and buckets are those that vLLM 0.29 declares, written down with the same library
(prometheus-client); the values are made up.
"""

import time
from itertools import cycle

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from tests.live.apps.shared.work import choose_seconds

LABELS = ("model_name", "engine")
VALUES = ("shop/chat-7b", "0")
REASONS = ("stop", "length", "abort", "error", "repetition")
REQUEST_BOUNDS = (
    *(0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0),
    *(240.0, 480.0, 960.0, 1920.0, 7680.0),
)
FIRST_TOKEN_BOUNDS = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5),
    *(10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0),
)
TOKEN_BOUNDS = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
    *(20.0, 40.0, 80.0),
)
MIX = ("stop", "stop", "length", "error", "stop", "abort", "stop", "stop")


def declare(kind: type, name: str, **options: object) -> object:
    """One metric of the engine, with the labels of its model."""
    return kind(f"vllm:{name}", f"{name} of the engine.", LABELS, **options).labels(*VALUES)


def serve(port: int, role: str) -> None:
    """Finish four requests a second, one in eight of which fails when the role is busy."""
    requests = Counter("vllm:request_success", "Finished requests.", (*LABELS, "finished_reason"))
    finished = {reason: requests.labels(*VALUES, reason) for reason in REASONS}
    running = declare(Gauge, "num_requests_running")
    waiting = declare(Gauge, "num_requests_waiting")
    cache_usage = declare(Gauge, "kv_cache_usage_perc")
    lookups = declare(Counter, "prefix_cache_queries")
    hits = declare(Counter, "prefix_cache_hits")
    preemptions = declare(Counter, "num_preemptions")
    prompt_tokens = declare(Counter, "prompt_tokens")
    generation_tokens = declare(Counter, "generation_tokens")
    first_token = declare(Histogram, "time_to_first_token_seconds", buckets=FIRST_TOKEN_BOUNDS)
    interval = declare(Histogram, "inter_token_latency_seconds", buckets=TOKEN_BOUNDS)
    duration = declare(Histogram, "e2e_request_latency_seconds", buckets=REQUEST_BOUNDS)
    queue_time = declare(Histogram, "request_queue_time_seconds", buckets=REQUEST_BOUNDS)
    start_http_server(port, addr="127.0.0.1")
    for reason in cycle(MIX):
        wait, first, token = choose_seconds(0, 0.2), choose_seconds(0.05, 0.4), 0.03
        running.set(8)
        waiting.set(3 if role == "busy" else 0)
        cache_usage.set(0.7)
        lookups.inc(200)
        hits.inc(120)
        preemptions.inc(1 if role == "busy" else 0)
        prompt_tokens.inc(200)
        generation_tokens.inc(40)
        queue_time.observe(wait)
        first_token.observe(wait + first)
        for _ in range(39):
            interval.observe(token)
        duration.observe(wait + first + 39 * token)
        finished[reason if role == "busy" or reason != "error" else "stop"].inc()
        time.sleep(0.25)
