"""An orders API whose delays take no real time."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests
import uvicorn

from demo.faults import Faults
from demo.orders_api import create_app
from tests.demo.orders_api_client import OrdersApiClient, VirtualTime


@pytest.fixture
def start_orders_api() -> Iterator[Callable[[Faults], OrdersApiClient]]:
    """Start orders APIs, and stop them at the end of the test."""
    running: list[tuple[uvicorn.Server, threading.Thread, requests.Session]] = []

    def start(faults: Faults) -> OrdersApiClient:
        virtual = VirtualTime()
        app = create_app(faults, virtual.delay, virtual.clock)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        session = requests.Session()
        session.trust_env = False
        running.append((server, thread, session))
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        return OrdersApiClient(f"http://127.0.0.1:{port}", session)

    yield start
    for server, thread, session in running:
        session.close()
        server.should_exit = True
        thread.join()


@pytest.fixture
def orders_api(start_orders_api: Callable[[Faults], OrdersApiClient]) -> OrdersApiClient:
    """A shop with its slow table and without occasional errors."""
    return start_orders_api(Faults(error_share=0))
