# mypy: ignore-errors
"""A program that calls a language model with OpenAI's library under OpenTelemetry.

The model is a server of the test's own on the loopback: it streams five words and counts tokens.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

from openai import InternalServerError, OpenAI
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server

WORDS = ("a", "b", "c", "d", "e")
USAGE = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
MIX = ("large", "large", "small", "broken", "large", "small", "large", "large")
FIRST_TOKEN_SECONDS, TOKEN_SECONDS = 0.05, 0.02


class ModelHandler(BaseHTTPRequestHandler):
    """Streams an answer as OpenAI does; the model `broken` answers with 500."""

    def log_message(self, *_arguments: object) -> None:
        """Write no log."""

    def do_POST(self) -> None:
        """Answer a chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["model"] == "broken":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        time.sleep(FIRST_TOKEN_SECONDS)
        for word in WORDS:
            self._send_chunk(body["model"], {"role": "assistant", "content": word}, None)
            time.sleep(TOKEN_SECONDS)
        self._send_chunk(body["model"], {}, "stop", usage=USAGE)
        self.wfile.write(b"data: [DONE]\n\n")

    def _send_chunk(self, model: str, delta: object, reason: object, **fields: object) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": model}
        text = json.dumps({**chunk, "choices": [choice], **fields})
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()


def serve(port: int, role: str) -> None:
    """Make a few calls a second, one in eight of which fails when the role is busy."""
    metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    OpenAIInstrumentor().instrument()
    server = ThreadingHTTPServer(("127.0.0.1", 0), ModelHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = OpenAI(
        api_key="none", base_url=f"http://127.0.0.1:{server.server_port}/v1", max_retries=0
    )
    start_http_server(port, addr="127.0.0.1")
    for model in cycle(MIX):
        _call(client, model if role == "busy" or model != "broken" else "large")


def _call(client: OpenAI, model: str) -> None:
    try:
        stream = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        for _ in stream:
            pass
    except InternalServerError:
        pass
    time.sleep(0.05)
