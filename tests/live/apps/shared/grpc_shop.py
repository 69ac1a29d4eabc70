# mypy: ignore-errors
"""The shop as a gRPC server, its own client, and a port of HTTP: `/fail` there calls `Fail` here.

So the same load reaches gRPC, and the service measures calls that it makes too.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import make_wsgi_app

from tests.live.apps.shared.item_store import ItemStore
from tests.live.apps.shared.wsgi import build_wsgi_server

SERVICE = "shop.Orders"
METHODS_BY_PATH = {
    "/ok": "Ok",
    "/slow": "Slow",
    "/items": "ReadItem",
    "/missing-item": "MissingItem",
    "/fail": "Fail",
    "/boom": "Boom",
}


def serve_grpc_shop(
    port: int,
    interceptors: Sequence[grpc.ServerInterceptor] = (),
    client_interceptors: Sequence[grpc.UnaryUnaryClientInterceptor] = (),
) -> None:
    """Serve HTTP on the port, and behind it gRPC on a free one."""
    logging.getLogger("grpc").setLevel(logging.CRITICAL)
    server = grpc.server(ThreadPoolExecutor(8), interceptors=interceptors)
    server.add_registered_method_handlers(SERVICE, handlers := _build_handlers())
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{grpc_port}")
    if client_interceptors:
        channel = grpc.intercept_channel(channel, *client_interceptors)
    build_wsgi_server(_build_facade(channel))(port, "")


def _build_handlers() -> dict[str, grpc.RpcMethodHandler]:
    shop = ItemStore()

    def ok(request: bytes, context: grpc.ServicerContext) -> bytes:
        return request

    def slow(request: bytes, context: grpc.ServicerContext) -> bytes:
        shop.run_slow_query()
        return request

    def read_item(request: bytes, context: grpc.ServicerContext) -> bytes:
        shop.read_item(1)
        return request

    def missing_item(request: bytes, context: grpc.ServicerContext) -> bytes:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such item")

    def fail(request: bytes, context: grpc.ServicerContext) -> bytes:
        context.abort(grpc.StatusCode.INTERNAL, "failed")

    def boom(request: bytes, context: grpc.ServicerContext) -> bytes:
        shop.raise_error()

    methods = {
        "Ok": ok,
        "Slow": slow,
        "ReadItem": read_item,
        "MissingItem": missing_item,
        "Fail": fail,
        "Boom": boom,
    }
    return {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()}


def _build_facade(channel: grpc.Channel) -> Callable[..., Iterable[bytes]]:
    metrics = make_wsgi_app()
    calls = {
        path: channel.unary_unary(f"/{SERVICE}/{method}", _registered_method=True)
        for path, method in METHODS_BY_PATH.items()
    }
    stub = health_pb2_grpc.HealthStub(channel)

    def facade(environ: dict[str, str], start_response: Callable[..., object]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start_response)
        with suppress(grpc.RpcError):
            if path == "/health":
                stub.Check(health_pb2.HealthCheckRequest())
            elif call := calls.get("/items" if path.startswith("/items/") else path):
                call(b"", timeout=5)
        start_response("200 OK", [])
        return [b""]

    return facade
