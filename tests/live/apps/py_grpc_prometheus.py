# mypy: ignore-errors
"""py-grpc-prometheus on a gRPC server and its client."""

from py_grpc_prometheus.prometheus_client_interceptor import PromClientInterceptor
from py_grpc_prometheus.prometheus_server_interceptor import PromServerInterceptor

from tests.live.apps.shared.grpc_shop import serve_grpc_shop


def serve(port: int, role: str) -> None:
    """Serve one role, with the histograms that are off by default."""
    server = PromServerInterceptor(enable_handling_time_histogram=True)
    client = PromClientInterceptor(enable_client_handling_time_histogram=True)
    serve_grpc_shop(port, [server], [client])
