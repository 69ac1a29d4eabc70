"""The HTTP API of Prometheus, which Mimir, Thanos and others have too, below whatever path."""

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import requests

from tailboard.prometheus.answers import (
    BUSY,
    ELSEWHERE,
    TENANT,
    RefusedError,
    Result,
    TooMuchError,
    data_of,
    hidden,
    is_busy,
    result_of,
)
from tailboard.publish.closing import Closing
from tailboard.publish.errors import NotAllowedError, ServerError
from tailboard.publish.http.address import server as checked_address
from tailboard.publish.http.address import shown
from tailboard.publish.http.connection import Answer, Connection
from tailboard.publish.http.credentials import credentials

LOOKED_BACK = 3600.0
"""Seconds before now in which a series may have been to count as known."""

AGAIN = 2
"""How often a server that is not able to answer is asked once more."""

PAUSE = 1.0
"""Seconds before that."""

CONNECT = 5.0
GRACE = 5.0
"""Seconds that the answer may take after the server should have given up."""

WITHOUT_POST = 405
NOT_OFFERED = frozenset({404, 405, 410, 501})

Selectors = Iterable[str]


class Server(Closing):
    """A Prometheus to ask; several threads may, and the server sees only so many at once.

    `now` is the server's own clock, read when it was first asked. What it warns of is kept.
    """

    def __init__(self, connection: Connection, *, timeout: float = 10.0) -> None:
        self._connection = connection
        self._timeout = timeout
        self._method = "POST"
        self._ended = threading.Event()
        self._warnings: dict[str, None] = {}
        self.shown = shown(connection.address)
        self.now = self._clock()

    @property
    def warnings(self) -> Sequence[str]:
        """What the server warned of, each once."""
        return list(self._warnings)

    def instant(self, expression: str, *, most: int = 0) -> Result:
        """The value now; beyond `most` series the rest may be left out."""
        asked = {"query": expression, "time": f"{self.now:.3f}", **_limit(most)}
        return self._result("query", asked)

    def over(self, expression: str, seconds: float, step: float, *, most: int = 0) -> Result:
        """The values over the last seconds."""
        window = {
            "start": f"{self.now - seconds:.3f}",
            "end": f"{self.now:.3f}",
            "step": f"{step:g}",
        }
        return self._result("query_range", {"query": expression, **window, **_limit(most)})

    def values(self, label: str, selector: str = "") -> list[str]:
        """The values of a label in the last hour, of the series that a selector chooses."""
        asked = {**self._lately(), **({"match[]": selector} if selector else {})}
        return _texts(self._data("GET", f"label/{label}/values", asked))

    def labels(self, selector: str = "") -> list[str]:
        """The names of the labels of these series."""
        asked = {**self._lately(), **({"match[]": selector} if selector else {})}
        return _texts(self._data("GET", "labels", asked))

    def series(self, selectors: Selectors) -> list[dict[str, str]]:
        """The labels of the series of the last hour that these selectors choose."""
        found = self._data(self._method, "series", {**self._lately(), "match[]": list(selectors)})
        return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []

    def status(self, path: str, **asked: str) -> Any:
        """What the server says of itself or its targets; None if it does not offer that."""
        try:
            answer = self._sent("GET", path, asked)
        except ServerError as error:
            if error.status in NOT_OFFERED:
                return None
            raise
        if answer.status in NOT_OFFERED or answer.status == 403:
            return None
        try:
            return data_of(answer, self.shown)
        except RefusedError:
            return None

    def close(self) -> None:
        """Give the connections back, and wait for nothing any more."""
        self._ended.set()
        self._connection.close()

    def _clock(self) -> float:
        """The server's time; also the first question, which shows whether it is a Prometheus."""
        found = self._result("query", {"query": "time()"}).lines
        if not found:
            raise ServerError(f"{self.shown} does not know its time", tip=ELSEWHERE)
        return found[0].points[0][1]

    def _result(self, path: str, asked: Mapping[str, Any]) -> Result:
        body = self._body(self._method, path, {**asked, "timeout": f"{self._timeout:g}s"})
        warnings = tuple(hidden(str(it)) for it in body.get("warnings") or ())
        self._warnings.update(dict.fromkeys(warnings))
        self._warnings.update((hidden(str(it)), None) for it in body.get("infos") or ())
        try:
            return result_of(body.get("data"), warnings)
        except ValueError as error:
            problem = f"{self.shown} answers with {error}, which no Prometheus does"
            raise ServerError(problem, tip=ELSEWHERE) from error

    def _data(self, method: str, path: str, asked: Mapping[str, Any]) -> Any:
        return self._body(method, path, asked).get("data")

    def _body(self, method: str, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._sent(method, path, asked)
        if answer.status == WITHOUT_POST and method == "POST":
            self._method = "GET"
            answer = self._sent("GET", path, asked)
        data_of(answer, self.shown)
        body: dict[str, Any] = answer.body
        return body

    def _sent(self, method: str, path: str, asked: Mapping[str, Any]) -> Answer:
        """The answer; of a server that is not able to give one, after a pause or two.

        A question changes nothing, so one that broke off is asked again too.
        """
        for left in range(AGAIN, -1, -1):
            try:
                answer = self._once(method, path, asked)
            except ServerError as error:
                broke_off = error.uncertain and not error.status
                if not broke_off or not left or self._ended.wait(PAUSE):
                    raise
                continue
            if not is_busy(answer) or not left or self._ended.wait(PAUSE):
                break
        return answer

    def _once(self, method: str, path: str, asked: Mapping[str, Any]) -> Answer:
        given = {"data": asked} if method == "POST" else {"params": asked}
        try:
            return self._connection.ask(method, f"api/v1/{path}", **given)
        except NotAllowedError as error:
            raise NotAllowedError(error.problem, tip=TENANT) from error
        except ServerError as error:
            if isinstance(error.__cause__, requests.exceptions.ReadTimeout) or error.status == 504:
                raise TooMuchError(f"no answer within {self._timeout:g} s") from error
            if error.status in BUSY:  # a proxy says so, in HTML
                return Answer(error.status, text="a page in HTML")
            raise

    def _lately(self) -> dict[str, str]:
        return {"start": f"{self.now - LOOKED_BACK:.3f}", "end": f"{self.now:.3f}"}


def connected(
    address: str,
    *,
    concurrency: int = 4,
    timeout: float = 10.0,
    allow_http: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Server:
    """The Prometheus at an address, asked as the environment says (`PROMETHEUS_TOKEN` and others).

    Raises `NotAllowedError`, or `ServerError` for what is no Prometheus.
    """
    tenant = environ.get("PROMETHEUS_TENANT", "").strip()
    connection = Connection(
        checked_address(address, "--prometheus"),
        credentials("PROMETHEUS", environ),
        headers={"X-Scope-OrgID": tenant} if tenant else {},
        allow_http=allow_http,
        connections=concurrency,
        timeout=(CONNECT, timeout + GRACE),
        pause=PAUSE / 2,
    )
    try:
        return Server(connection, timeout=timeout)
    except TooMuchError as error:
        connection.close()
        problem = f"{shown(connection.address)} is too slow to tell the time: {error.problem}"
        raise ServerError(problem, tip="try --timeout, or later.") from error
    except BaseException:
        connection.close()
        raise


def _limit(most: int) -> dict[str, str]:
    return {"limit": str(most)} if most else {}


def _texts(found: Any) -> list[str]:
    return [str(it) for it in found] if isinstance(found, list) else []
