"""Queries of panels through a data source, as Grafana 12.4 answered them.

There is data for every query but for one of a metric that is called `missing`; one of a metric
called `broken` fails.
"""

import time
from typing import Any

from tests.grafana.memory.answer import Answer
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import Store


def query_data_source(request: Request, _store: Store) -> Answer:
    """The frames of each query; the status is 400 where one of them fails."""
    queries = request.parse_body()["queries"]
    results = {query["refId"]: _answer_query(query["expr"]) for query in queries}
    is_failing = any("error" in result for result in results.values())
    return Answer(400 if is_failing else 200, {"results": results})


def query_proxied_prometheus(_request: Request, _store: Store) -> Answer:
    """The time of the Prometheus behind a data source; no variable has any value."""
    now = time.time()
    data = {"resultType": "scalar", "result": [now, f"{now:.3f}"]}
    return Answer(200, {"status": "success", "data": data})


def _answer_query(expression: str) -> dict[str, Any]:
    if "broken" in expression:
        return {"error": "execution: found duplicate series", "status": 400}
    if "missing" in expression:
        return {"status": 200, "frames": [{"schema": {"fields": []}, "data": {"values": []}}]}
    values = [[1795894707855], [1]]
    return {"status": 200, "frames": [{"schema": {"fields": []}, "data": {"values": values}}]}
