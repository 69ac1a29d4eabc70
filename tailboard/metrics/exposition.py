"""What a program exposes, read from its metrics as text into a catalogue.

https://prometheus.io/docs/instrumenting/exposition_formats/, and OpenMetrics.
"""

from collections.abc import Iterable, Iterator

from tailboard.metrics.catalogue import Capacity, Catalogue
from tailboard.metrics.sample import (
    DIALECTS,
    END_COMMENT,
    OPENMETRICS,
    Line,
    Sample,
    parse_line,
)
from tailboard.metrics.scrape_verdict import VERSIONS, ScrapeVerdict
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.publish.errors import TailboardError

MAX_JOINED_LINES, MAX_JOINED = 100, 100_000
"""Over how many lines and characters one sample may go, in the strings of its labels."""

MAX_DESCRIBED_LINES = 10_000
"""How many lines of a scrape get a reason why they are refused, before others are counted."""

COMMON_LINE = declare_pattern(
    rb"([a-zA-Z_:][a-zA-Z0-9_:]*+)(?:\{[^\n]*\})? [-+.0-9NnIi][^ \n]*+\n?\Z|#|\s*+\Z"
)
"""A sample, a comment or a blank line, roughly."""


def read_exposition(
    lines: Iterable[bytes], catalogue: Catalogue, source: str, content_type: str | None = None
) -> None:
    """Add what the lines say to the catalogue; the source is for the messages.

    The content type is that of the answer, None for a file. What Prometheus would refuse adds only
    the refusal: the names of its metrics, without any series.
    """
    scrape, verdict = _read_scrape(lines, catalogue.capacity, is_file=content_type is None)
    if verdict.is_empty:
        raise TailboardError(f"{source} is empty", tip="ask the program for its /metrics again.")
    if not (scrape.metrics or scrape.families or scrape.dropped_count):
        refusal = verdict.find_refusal(source, content_type)
        reason = f": {refusal.describe_problem()}" if refusal else ""
        raise TailboardError(
            f"{source} holds no metrics{reason}", tip="name what the program exposes."
        )
    if scrape.dropped_count:
        catalogue.notes.append(
            f"{source} has more metrics or labels than are kept: {scrape.dropped_count} lines are "
            "not compared, or not wholly, and what seems to be missing may be in them"
        )
    refusal = verdict.find_refusal(source, content_type)
    if refusal and len(refusal.versions) == len(VERSIONS):
        catalogue.add_refusal(refusal, scrape)
        return
    if refusal:
        catalogue.notes.append(
            f"{source}: Prometheus {refusal.versions[0]} refuses it: {refusal.describe_problem()}"
        )
    catalogue.add_scrape(scrape, source)


def _read_scrape(
    lines: Iterable[bytes], capacity: Capacity, *, is_file: bool
) -> tuple[Catalogue, ScrapeVerdict]:
    """What the lines say, and whether Prometheus would take them."""
    scrape, verdict = Catalogue(capacity=capacity), ScrapeVerdict()
    lines = iter(lines)
    for number, text, line in _parse_lines(lines):
        is_blank = not text.strip()
        verdict.is_empty &= is_blank
        if verdict.has_end and is_blank and is_file:
            continue  # of an editor, and not of the program
        if verdict.has_end:
            line.refuse("there is something behind # EOF", OPENMETRICS)
        verdict.has_end = text == END_COMMENT
        if line.problems:
            verdict.add_problems(number, line.problems)
        if line.family:
            scrape.add_family(*line.family)
        if line.help_text:
            scrape.add_help(*line.help_text)
        if line.sample:
            scrape.add_sample(line.sample)
        if verdict.refused_line_count >= MAX_DESCRIBED_LINES:
            _count_lines(lines, scrape, verdict)
            break
    scrape.name_escaped_families()
    return scrape, verdict


def _count_lines(lines: Iterable[bytes], scrape: Catalogue, verdict: ScrapeVerdict) -> None:
    """Count the lines behind many wrong ones, without a reason for each.

    Every dialect refuses the scrape anyway. A line that has no common form is taken for wrong.
    """
    count, line = 0, b""
    for line in lines:
        if line.startswith(b"\0"):
            break
        match = COMMON_LINE.match(line)
        if match is None:
            count += 1
        elif match[1] and (name := match[1].decode()) not in scrape.metrics:
            scrape.add_sample(Sample(name, {}, 0.0))
    if line:
        verdict.add_lines(count)
        verdict.has_end = line.rstrip(b"\n") == END_COMMENT.encode()


def _parse_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, str, Line]]:
    """The number, the text and the meaning of each line; a string may go on in the next one.

    Nothing is read behind a null byte at a line's start, where Prometheus stops, too.
    """
    open_lines: list[str] = []
    number = 0
    for number, line_bytes in enumerate(lines, 1):
        text = line_bytes.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        is_whole = line_bytes.endswith(b"\n")
        if not open_lines and text.lstrip(" \t").startswith("\0"):
            return
        open_lines.append(text)
        has_room = len(open_lines) < MAX_JOINED_LINES and sum(map(len, open_lines)) < MAX_JOINED
        is_extendable = is_whole and has_room
        if is_extendable and len(open_lines) > 1 and '"' not in text:
            continue
        joined_text = "\n".join(open_lines)
        line = parse_line(joined_text)
        if is_extendable and line.is_open:
            continue
        if not is_whole and line.is_refused:
            line.problems = dict.fromkeys(DIALECTS, "the text is cut off")
        yield number - len(open_lines) + 1, joined_text, line
        open_lines = []
    if open_lines:
        joined_text = "\n".join(open_lines)
        yield number - len(open_lines) + 1, joined_text, parse_line(joined_text)
