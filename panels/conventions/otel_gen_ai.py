"""What OpenTelemetry's conventions for generative AI share, of the client's and of the server's."""

from tailboard.panels.matcher import differs
from tailboard.panels.metric import Histogram, Role, Unit

MODEL = {Role.MODEL: "gen_ai_request_model"}

NOTES = (
    "The names are in development (semantic-conventions-genai). Until 1.36 the provider was in the "
    "label gen_ai_system, since then in gen_ai_provider_name; no panel reads it.",
    "Every series carries gen_ai_response_model beside the model that was asked for, which a "
    "provider changes at will: group by gen_ai_request_model.",
    "Through OTLP without translation the names keep their dots (gen_ai.client.operation.duration) "
    "and the labels theirs: declare the metrics with these names.",
)
NO_QUEUE = (
    "the conventions have no gauge of running and waiting requests; vLLM has, see the "
    "convention vllm."
)
NO_CACHE = (
    "the conventions have no metric of the caches; vLLM exposes its own, see the convention vllm."
)


def build_calls(name: str, buckets: tuple[float, ...], caution: str = "") -> Histogram:
    """The histogram of whole calls."""
    return Histogram(name, labels=MODEL, unit=Unit.SECONDS, buckets=buckets, caution=caution)


def build_failures(name: str, buckets: tuple[float, ...]) -> Histogram:
    """The calls that carry a kind of error: those that succeed have no such label."""
    return Histogram(
        name,
        labels={**MODEL, Role.EXCEPTION: "error_type"},
        matchers={"error_type": differs("")},
        unit=Unit.SECONDS,
        buckets=buckets,
    )


def build_tokens(token_type: str) -> Histogram:
    """The tokens of one type, `input` or `output`, by call."""
    return Histogram(
        "gen_ai_client_token_usage",
        labels=MODEL,
        matchers={"gen_ai_token_type": token_type},
        buckets=TOKENS,
    )


CALLS = tuple(0.01 * 2**power for power in range(14))
"""The bounds that the conventions recommend for whole calls: 0.01 to 81.92 s."""

TOKENS = tuple(float(4**power) for power in range(14))
"""The bounds that the conventions recommend for the tokens of a call: 1 to 67,108,864."""
