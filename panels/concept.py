"""Concepts: what metrics can measure of a Python program, under names of their own.

A convention maps each concept to the metric that carries it. `required_metric` completes the
sentence "the application would have to expose ...".
"""

from typing import Generic, TypeVar

from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Summary, Total
from tailboard.panels.record import record

M = TypeVar("M", bound=Metric)


@record
class Concept(Generic[M]):
    """One thing that can be measured, and the metric that an application has to expose for it."""

    name: str
    required_metric: str


REQUESTS: Concept[Counter | Histogram | Summary | Total] = Concept(
    "requests",
    "a counter of requests by route, method and status, such as http_requests_total",
)
DURATION: Concept[Histogram] = Concept(
    "request duration",
    "a histogram of request durations by route, such as http_request_duration_seconds",
)
DURATION_SUMMARY: Concept[Summary] = Concept(
    "request duration of each instance",
    "a summary of request durations, such as http_request_duration_seconds{quantile}; prefer a "
    "histogram, whose percentiles are of the whole service",
)
OVERALL_DURATION: Concept[Histogram] = Concept(
    "request duration of the whole service",
    "a histogram of request durations with fine buckets and no route label",
)
IN_FLIGHT: Concept[Gauge | Difference] = Concept(
    "requests in flight",
    "a gauge that is raised when a request comes in and lowered when it leaves, "
    "such as http_requests_in_flight",
)
EXCEPTIONS: Concept[Counter] = Concept(
    "exceptions", "a counter of unhandled exceptions by type, such as http_exceptions_total{type}"
)

CPU: Concept[Counter] = Concept(
    "CPU time", "process_cpu_seconds_total (prometheus-client's process collector, on Linux)"
)
MEMORY: Concept[Gauge] = Concept(
    "resident memory",
    "process_resident_memory_bytes (prometheus-client's process collector, on Linux)",
)
OPEN_FILES: Concept[Gauge] = Concept(
    "open files", "process_open_fds (prometheus-client's process collector, on Linux)"
)
MAX_FILES: Concept[Gauge] = Concept(
    "limit of open files", "process_max_fds (prometheus-client's process collector, on Linux)"
)
START_TIME: Concept[Gauge] = Concept(
    "start of the process",
    "process_start_time_seconds (prometheus-client's process collector, on Linux)",
)
COLLECTIONS: Concept[Counter] = Concept(
    "garbage collections", "python_gc_collections_total (prometheus-client's GC collector)"
)

DB_DURATION: Concept[Histogram] = Concept(
    "query duration",
    "a histogram of query durations by operation and table, such as "
    "db_query_duration_seconds{operation, table}",
)
DB_CONNECTIONS: Concept[Gauge] = Concept(
    "pooled connections", "a gauge of pooled connections by state, such as db_pool_connections"
)
DB_FAILURES: Concept[Counter] = Concept(
    "query failures", "a counter of failed queries by type, such as db_errors_total"
)

OUTGOING_DURATION: Concept[Histogram] = Concept(
    "outgoing request duration",
    "a histogram of the HTTP calls that the service makes, by peer and status, such as "
    "http_client_request_duration_seconds",
)
CACHE_HITS: Concept[Counter] = Concept("cache hits", "a counter of cache hits")
CACHE_MISSES: Concept[Counter] = Concept("cache misses", "a counter of cache misses")
REDIS_DURATION: Concept[Histogram] = Concept(
    "Redis command duration", "redis_commands_latencies_usec (redis_exporter with Redis 7)"
)
REDIS_MEMORY: Concept[Gauge] = Concept("Redis memory", "redis_memory_used_bytes (redis_exporter)")
REDIS_MEMORY_LIMIT: Concept[Gauge] = Concept(
    "Redis memory limit", "redis_memory_max_bytes (redis_exporter)"
)
REACHABLE: Concept[Gauge] = Concept(
    "reachability of what is watched",
    "a gauge that is 1 while an exporter reaches what it watches: redis_up, pg_up",
)
POSTGRES_CONNECTIONS: Concept[Gauge] = Concept(
    "PostgreSQL connections", "pg_stat_activity_count (postgres_exporter)"
)
POSTGRES_CONNECTION_LIMIT: Concept[Gauge] = Concept(
    "PostgreSQL connection limit", "pg_settings_max_connections (postgres_exporter)"
)
POSTGRES_RESERVED_CONNECTIONS: Concept[Gauge] = Concept(
    "PostgreSQL connections reserved for superusers",
    "pg_settings_superuser_reserved_connections (postgres_exporter)",
)
POSTGRES_BLOCKS_HIT: Concept[Counter] = Concept(
    "PostgreSQL blocks found in the cache", "pg_stat_database_blks_hit (postgres_exporter)"
)
POSTGRES_BLOCKS_READ: Concept[Counter] = Concept(
    "PostgreSQL blocks read from disk", "pg_stat_database_blks_read (postgres_exporter)"
)
POSTGRES_COMMITS: Concept[Counter] = Concept(
    "PostgreSQL commits", "pg_stat_database_xact_commit (postgres_exporter)"
)
POSTGRES_ROLLBACKS: Concept[Counter] = Concept(
    "PostgreSQL rollbacks", "pg_stat_database_xact_rollback (postgres_exporter)"
)

JOB_DURATION: Concept[Histogram] = Concept(
    "job duration", "a histogram of job durations, such as job_duration_seconds{job_name}"
)
JOB_LAST_RUN: Concept[Gauge] = Concept(
    "last run of a job", "push_time_seconds (a Pushgateway writes it for every group)"
)
JOB_LAST_SUCCESS: Concept[Gauge] = Concept(
    "last success of a job",
    "a gauge with the Unix time of the last success, such as job_last_success_unixtime{job_name}",
)
JOB_FAILURES: Concept[Counter] = Concept(
    "job failures", "a counter of failed runs, such as job_exceptions_total{job_name}"
)
PUSH_FAILURE: Concept[Gauge] = Concept(
    "last failed push", "push_failure_time_seconds (a Pushgateway writes it for every group)"
)

TASKS: Concept[Counter | Histogram | Summary | Total] = Concept(
    "tasks", "a counter of finished tasks by name, such as celery_task_succeeded_total"
)
TASK_FAILURES: Concept[Counter] = Concept(
    "task failures", "a counter of failed tasks by name, such as celery_task_failed_total"
)
TASK_DURATION: Concept[Histogram] = Concept(
    "task duration", "a histogram of task durations by name, such as celery_task_runtime"
)
TASK_TIME: Concept[Counter] = Concept(
    "time spent in tasks", "a counter of the seconds that workers spent in tasks"
)
TASK_WAIT: Concept[Histogram] = Concept(
    "task wait",
    "a histogram of the time tasks wait in the queue, such as celery_task_queue_wait_time",
)
BACKLOG: Concept[Gauge] = Concept(
    "backlog", "a gauge of the tasks that wait in each queue, such as celery_queue_length"
)
TASKS_RUNNING: Concept[Gauge] = Concept(
    "tasks running", "a gauge of the tasks that run now, such as celery_worker_tasks_active"
)

MODEL_CALLS: Concept[Counter | Histogram] = Concept(
    "calls of models",
    "a counter of the calls of language models by model, such as vllm:request_success_total",
)
MODEL_FAILURES: Concept[Counter | Histogram] = Concept(
    "failed calls of models",
    "a counter of the failed calls of language models by model, such as "
    'vllm:request_success_total{finished_reason="error"}',
)
MODEL_DURATION: Concept[Histogram] = Concept(
    "duration of model calls",
    "a histogram of how long whole calls of models take, such as vllm:e2e_request_latency_seconds",
)
FIRST_TOKEN: Concept[Histogram] = Concept(
    "time to the first token",
    "a histogram of the time until the first token, such as vllm:time_to_first_token_seconds",
)
TOKEN_INTERVAL: Concept[Histogram] = Concept(
    "time between tokens",
    "a histogram of the time from one token to the next, such as vllm:inter_token_latency_seconds",
)
INPUT_TOKENS: Concept[Counter | Histogram] = Concept(
    "tokens of prompts", "a counter of the tokens of prompts, such as vllm:prompt_tokens_total"
)
OUTPUT_TOKENS: Concept[Counter | Histogram] = Concept(
    "generated tokens", "a counter of generated tokens, such as vllm:generation_tokens_total"
)
RUNNING_REQUESTS: Concept[Gauge] = Concept(
    "requests that models work on",
    "a gauge of the requests that models work on now, such as vllm:num_requests_running",
)
WAITING_REQUESTS: Concept[Gauge] = Concept(
    "requests that wait for a model",
    "a gauge of the requests that wait for a model now, such as vllm:num_requests_waiting",
)
REQUEST_WAIT: Concept[Histogram] = Concept(
    "wait for a model",
    "a histogram of the time that requests wait for a model, such as "
    "vllm:request_queue_time_seconds",
)
KV_CACHE_USAGE: Concept[Gauge] = Concept(
    "use of the key-value cache",
    "a gauge of the share of the key-value cache in use, such as vllm:kv_cache_usage_perc",
)
PREFIX_CACHE_LOOKUPS: Concept[Counter] = Concept(
    "look-ups in the prefix cache",
    "a counter of the tokens looked up in the prefix cache, such as "
    "vllm:prefix_cache_queries_total",
)
PREFIX_CACHE_HITS: Concept[Counter] = Concept(
    "hits of the prefix cache",
    "a counter of the tokens found in the prefix cache, such as vllm:prefix_cache_hits_total",
)
PREEMPTIONS: Concept[Counter] = Concept(
    "preemptions", "a counter of preempted requests, such as vllm:num_preemptions_total"
)
MODEL_COST: Concept[Counter] = Concept(
    "cost of models",
    "a counter of what the calls of models cost, in US dollars, such as litellm_spend_metric_total",
)
