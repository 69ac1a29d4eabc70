"""Where metrics are read from: a file or an address, plain or gzip, line by line."""

import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tailboard.publish.errors import NotAllowedError, TailboardError
from tailboard.publish.http.address import is_address, is_same, shown

TIMEOUT = (5, 30)
"""Seconds to connect, and to wait for more."""

LONGEST_WAIT = 300
"""Seconds for all of it."""

MOST_BYTES = 512 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
CHUNK = 64 * 1024
MOST_REDIRECTS = 5
GZIP = b"\x1f\x8b"
ACCEPT = (
    "application/openmetrics-text;version=1.0.0,"
    "text/plain;version=0.0.4;q=0.9,text/plain;q=0.8,*/*;q=0.1"
)
QUOTED_NAME = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*[,}]')
"""How a sample begins whose metric has a name in UTF-8; JSON never does."""


def lines(source: str) -> Iterator[bytes]:
    """The lines of a file or of what an http(s) address answers."""
    chunks = _answered(source) if is_address(source) else _in_file(source)
    yield from _lines(_limited(_plain(chunks, source), source), source)


def _in_file(source: str) -> Iterator[bytes]:
    with Path(source).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _answered(source: str) -> Iterator[bytes]:
    import requests

    from tailboard.publish.http.problems import problem_of

    try:
        with requests.Session() as session, _asked(session, source) as answer:
            _check(answer, source)
            until = time.monotonic() + LONGEST_WAIT
            for chunk in answer.iter_content(CHUNK):
                yield chunk
                if time.monotonic() > until:
                    raise _error(source, f"takes longer than {LONGEST_WAIT} s")
    except (requests.RequestException, OSError, ValueError) as error:
        raise problem_of(error, source) from error


def _asked(session: Any, source: str) -> Any:
    """The answer, after redirects within the host that was named."""
    address = source
    for _ in range(MOST_REDIRECTS + 1):
        answer = session.get(
            address,
            headers={"Accept": ACCEPT, "Accept-Encoding": "gzip"},
            allow_redirects=False,
            stream=True,
            timeout=TIMEOUT,
        )
        if not answer.is_redirect:
            return answer
        answer.close()
        target = urljoin(address, answer.headers["location"])
        if not is_same(address, target):
            raise _error(
                source,
                f"sends to another host, {urlsplit(target).hostname}",
                "it may be a login: name the address that Prometheus scrapes.",
            )
        address = target
    raise _error(source, f"redirects more than {MOST_REDIRECTS} times")


def _check(answer: Any, source: str) -> None:
    if answer.status_code in {401, 403}:
        tip = "save its metrics to a file with what may read them, and name the file."
        problem = f"{shown(source)} answers {answer.status_code}: it wants a login"
        raise NotAllowedError(problem, tip=tip)
    if answer.status_code != 200:
        raise _error(source, f"answers {answer.status_code} {answer.reason or ''}".rstrip())


def _plain(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    """The chunks, decompressed where they begin as gzip does."""
    first = next(chunks, b"")
    if not first.startswith(GZIP):
        yield first
        yield from chunks
        return
    try:
        yield from _unzipped(first, chunks)
    except (zlib.error, EOFError) as error:
        raise TailboardError(
            f"{shown(source)} is broken gzip, or cut off", tip="fetch it again."
        ) from error


def _unzipped(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Member after member, never more than a chunk at once however small it was made."""
    unzip, data, full = zlib.decompressobj(31), first, False
    while True:
        if unzip.eof:
            data = unzip.unused_data or next(chunks, b"")
            if not data.strip(b"\0"):
                return
            unzip = zlib.decompressobj(31)
        elif not data and not full and not (data := next(chunks, b"")):
            raise EOFError
        piece = unzip.decompress(data, CHUNK)
        yield piece
        data, full = unzip.unconsumed_tail, len(piece) == CHUNK


def _limited(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise TailboardError(
                f"{shown(source)} is larger than {MOST_BYTES // 1024**2} MiB",
                tip="name one program's metrics, not those of all of them.",
            )
        yield chunk


def _lines(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    rest, begun = b"", False
    for chunk in chunks:
        if not begun and (text := (rest + chunk).removeprefix(b"\xef\xbb\xbf").lstrip()):
            begun = True
            _refuse_others(text, source)
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (it + b"\n" for it in whole)
        if len(rest) > LONGEST_LINE:
            raise TailboardError(
                f"{shown(source)} has a line that is longer than {LONGEST_LINE // 1024**2} MiB",
                tip="name what the program exposes as text, usually at /metrics.",
            )
    if rest:
        yield rest


def _refuse_others(text: bytes, source: str) -> None:
    """Say what it is, if it begins as something that is often taken for metrics."""
    if text.startswith(b"<"):
        problem = f"{shown(source)}: this is an HTML page, not metrics"
        tip = "it may be a login page: name the address that Prometheus scrapes."
        raise TailboardError(problem, tip=tip)
    if text[:1] in {b"{", b"["} and not QUOTED_NAME.match(text):
        problem = f"{shown(source)}: this is JSON, not metrics"
        tip = "name what the program exposes as text, usually at /metrics."
        raise TailboardError(problem, tip=tip)


def _error(source: str, problem: str, tip: str = "") -> TailboardError:
    tip = tip or "look at the address, and whether the program runs; a saved file works too."
    return TailboardError(f"{shown(source)} {problem}", tip=tip)
