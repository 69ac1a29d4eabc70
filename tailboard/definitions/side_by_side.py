"""Definitions compiled side by side in processes, with the results in the order of the sources.

Each process compiles some definitions after another. What a definition prints is kept and printed
in its turn. A definition whose results cannot leave a process, such as a convention of a class of
its own, or that ends its process, is compiled here in its turn.
"""

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing.context import BaseContext

from tailboard.definitions.compiler import Compilation, Compiler
from tailboard.definitions.source import Source
from tailboard.definitions.stderr import capture_stderr, write_stderr
from tailboard.panels.service import Service
from tailboard.publish.formats import FORMATS

MAX_BATCH = 16
"""How many definitions a process is given at once."""

BATCHES_PER_JOB = 8
"""How many batches each process gets at least, so that all end at about the same time."""

WAITING_BATCHES_PER_JOB = 2
"""How many batches are compiled ahead of what is written: results wait in memory."""


@dataclass(frozen=True)
class _Parcel:
    """The pickled compilations and services of a definition, and what it printed.

    `content` is empty for what cannot be pickled.
    """

    content: bytes
    printed: bytes


def count_processors() -> int:
    """How many processes can run at once on the processors that this one may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def compile_side_by_side(
    compiler: Compiler, sources: Sequence[Source], jobs: int, fleet: list[Service]
) -> Iterator[tuple[Source, list[Compilation]]]:
    """Each source with its compilations; its services are added to the fleet.

    Whatever ends the iteration early ends the processes too.
    """
    batches = _split_into_batches(sources, jobs)
    format_names = tuple(output_format.name for output_format in compiler.formats)
    arguments = (format_names, replace(compiler, formats=()))
    executor = ProcessPoolExecutor(jobs, _choose_context(), _prepare_process)
    waiting: deque[tuple[Sequence[Source], Future[list[_Parcel]] | None]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, _submit_batch(executor, batch, arguments)))
            if len(waiting) > jobs * WAITING_BATCHES_PER_JOB:
                yield from _receive_batch(*waiting.popleft(), compiler, fleet)
        while waiting:
            yield from _receive_batch(*waiting.popleft(), compiler, fleet)
        executor.shutdown()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
            process.join()


def _split_into_batches(sources: Sequence[Source], jobs: int) -> Iterator[Sequence[Source]]:
    size = min(max(len(sources) // (jobs * BATCHES_PER_JOB), 1), MAX_BATCH)
    for start in range(0, len(sources), size):
        yield sources[start : start + size]


def _choose_context() -> BaseContext:
    """A forked process has imported everything already; outside of Linux forks are not safe."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _prepare_process() -> None:
    """Leave Ctrl-C to the process that started this one, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _submit_batch(
    executor: ProcessPoolExecutor,
    batch: Sequence[Source],
    arguments: tuple[tuple[str, ...], Compiler],
) -> "Future[list[_Parcel]] | None":
    """The result to come; None where a definition has ended its process, and so all of them."""
    try:
        return executor.submit(_compile_batch, batch, *arguments)
    except BrokenProcessPool:
        return None


def _receive_batch(
    batch: Sequence[Source],
    future: "Future[list[_Parcel]] | None",
    compiler: Compiler,
    fleet: list[Service],
) -> Iterator[tuple[Source, list[Compilation]]]:
    parcels: list[_Parcel] = []
    with contextlib.suppress(BrokenProcessPool):
        parcels = future.result() if future else []
    if not parcels:
        parcels = [_Parcel(b"", b"")] * len(batch)
    for source, parcel in zip(batch, parcels, strict=True):
        content = _open_parcel(parcel)
        if content is None:
            yield source, list(compiler.compile_source(source, fleet))
            continue
        compilations, services = content
        write_stderr(parcel.printed)
        fleet += services
        yield source, compilations


def _open_parcel(parcel: _Parcel) -> tuple[list[Compilation], list[Service]] | None:
    """The compilations and services; None for what only the process that made them can read."""
    try:
        content: tuple[list[Compilation], list[Service]] = pickle.loads(parcel.content)  # noqa: S301 -- our own process wrote it
    except Exception:  # a class of the user's own may raise anything
        return None
    return content


def _compile_batch(
    batch: Sequence[Source], format_names: tuple[str, ...], compiler: Compiler
) -> list[_Parcel]:
    formats = [output_format for output_format in FORMATS if output_format.name in format_names]
    compiler = replace(compiler, formats=formats)
    return [_compile_source(source, compiler) for source in batch]


def _compile_source(source: Source, compiler: Compiler) -> _Parcel:
    fleet: list[Service] = []
    with capture_stderr() as printed:
        compilations = [
            replace(compilation, document=None)
            for compilation in compiler.compile_source(source, fleet)
        ]
    try:
        content = pickle.dumps((compilations, fleet))
    except Exception:  # as above
        content = b""
    return _Parcel(content, bytes(printed))
