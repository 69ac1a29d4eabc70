"""What gRPC's status codes mean, and what its libraries do not measure.

The failures of a server are the codes that OpenTelemetry counts as such, the same ones that
Google's mapping turns into 5xx. UNIMPLEMENTED is among them, since a client asks for what its
generated code promises; so is DEADLINE_EXCEEDED, which is mostly a server that is too slow.
CANCELLED is a client's: it went away. RESOURCE_EXHAUSTED is a quota used up, as 429 is.
https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
"""

from tailboard.panels.statuses import Statuses, StatusGroup

CODES = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}
"""https://grpc.github.io/grpc/core/md_doc_statuscodes.html"""

FAILURES = (
    *("INTERNAL", "UNAVAILABLE", "UNKNOWN"),
    *("DEADLINE_EXCEEDED", "UNIMPLEMENTED", "DATA_LOSS"),
)
CLIENT_ERRORS = tuple(code for code in CODES if code not in {"OK", *FAILURES})

GRPC_STATUSES = Statuses(
    "gRPC",
    successes=StatusGroup(("OK",)),
    failures=StatusGroup(FAILURES),
    client_errors=StatusGroup(CLIENT_ERRORS),
)
"""Codes by name: `INTERNAL`."""

NO_RPC_IN_FLIGHT = (
    "there is no gauge of the calls in flight; add one with an interceptor of your own."
)
NO_EXCEPTIONS = (
    "a method that raises is counted with the code UNKNOWN, without the exception's type; read the "
    "failed calls by status."
)

GRPC_NUMBERS = Statuses(
    "gRPC",
    successes=StatusGroup(("0",)),
    failures=StatusGroup(tuple(str(CODES[code]) for code in FAILURES)),
    client_errors=StatusGroup(tuple(str(CODES[code]) for code in CLIENT_ERRORS)),
)
"""Codes by number: `13`."""
