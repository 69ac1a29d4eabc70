"""Expositions that a program may write: right ones, and ones with a few mistakes."""

import random
from collections.abc import Iterator
from typing import NamedTuple

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class GeneratedExposition(NamedTuple):
    """What an answer holds."""

    content_type: str
    body: bytes


TEXTS = [
    b"""# HELP http_requests_total All requests.
# TYPE http_requests_total counter
http_requests_total{method="GET",path="/a"} 3
http_requests_total{method="POST",path="/b"} 4.5e3
# TYPE temp gauge
temp{room="x"} NaN
""",
    b"""# a comment
#another

b{c="d\\"e\\\\f\\ng"} +Inf
c{ x = "y" , z="w", } .5
""",
    b"""# TYPE "http.requests" counter
{"http.requests",method="GET"} 1
x{"a.b"="c"} 2
""",
]
OPENMETRICS = [
    b"""# HELP http_requests All requests.
# TYPE http_requests counter
# UNIT took_seconds seconds
http_requests_total{method="GET",path="/a"} 3 # {trace_id="abc"} 1.0 1700000000.5
temp{room="x"} NaN
# EOF
""",
    b"""# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 1 # {} 0.05
took_seconds_bucket{le="+Inf"} 2
# TYPE build info
build_info{version="1"} 1
# EOF""",
]
PARTS = [
    *(character.encode() for character in ' \t\n\r,{}"\\=#-+._:aZ09é\ufeff'),
    *b'\xff\xe9|""|"x"|,,|{}|\\n|# |-1|NaN|+nan|inf|1e999|0x10|1_000|1,5'.split(b"|"),
    *b' 5| -5| 1.5| 99999999999999999999| # {a="b"} 1| # {} 1| # {a="b"} 1 2| # {a="b"}'.split(
        b"|"
    ),
    *b'a="1"|,a="1"|__name__="x",|job="x",|method="GET",|method="",|"q"="x",'.split(b"|"),
]
LINES = [
    line.encode() + b"\n"
    for line in """
x 1|x|x 1 2 3|x 1 # c|x-1|x.y 1|x.5|x 0.|x .|x 1e|x --1| x 1|x 1 5 |x\t1\t5|x 1{|x{a="b"}1
x {a="b"} 1|x{a="b" c="d"} 1|x{a="b",,c="d"} 1|x{,} 1|x{a="1",a="2"} 1|x{a="1",a=""} 1|x{a=""} 1
x{a="b\\d"} 1|x{job="1",job="2"} 1|x{__name__="y"} 1|{__name__="y"} 1|{a="b"} 1|{"y"} 1
{"y",a="b"} 1|{"y",} 1|{"y","z"} 1|x{"y"} 1|{""} 1|{"y",""="b"} 1|{"é"} 1|x{a="é"} 1
x{a='b'} 1|x{a=b} 1|x{a:b="c"} 1|x{1a="c"} 1|x{a-b="c"} 1|x{a="b"} {c="d"} 1|x {count:3,sum:2} 1
x 1 st@5|<html>|x{a="b|
# TYPE x counter|# TYPE x info|# TYPE x untyped|# TYPE x unknown|# TYPE x|# TYPE  x  counter
# TYPE x counter |# TYPE x counter\r|# TYPE 1x counter|# TYPE x{} counter|#TYPE x counter
#  TYPE\tx\tgauge|# HELP x|# HELP x |# HELP|# HELP  |# HELP 1|# HELP x é|#é
# UNIT x seconds|# UNIT x_seconds seconds|# UNIT x_seconds |# UNIT seconds seconds
# EOF|# EOF |# EOFx|# TYPE "x.y" gauge|# HELP "x.y" z
""".strip("\n")
    .replace("\n", "|")
    .split("|")
] + [
    b"# HELP x caf\xe9\n",
    b"# caf\xe9\n",
    b'x{a="caf\xe9"} 1\n',
    b'{"caf\xe9"} 1\n',
    b"\n",
    b" \n",
]


def generate_expositions(seed: int, count: int) -> Iterator[GeneratedExposition]:
    """Every line above within right ones, in both formats, and so many with mistakes by chance."""
    for line in LINES:
        yield GeneratedExposition(TEXT_TYPE, b"y 1\n" + line + b"z 1\n")
        yield GeneratedExposition(OPENMETRICS_TYPE, b"y 1\n" + line + b"z 1\n# EOF\n")
    for content_type in ("", "text/html", "text/plain", "application/json", OPENMETRICS_TYPE):
        yield GeneratedExposition(content_type, b"y 1\n")
    chance = random.Random(seed)
    for _ in range(count):
        is_text = chance.random() < 0.5
        body = chance.choice(TEXTS if is_text else OPENMETRICS)
        for _ in range(chance.choice((1, 1, 2, 3))):
            body = _add_mistake(body, chance)
        yield GeneratedExposition(TEXT_TYPE if is_text else OPENMETRICS_TYPE, body)


def _add_mistake(body: bytes, chance: random.Random) -> bytes:
    position = chance.randrange(len(body) + 1)
    lines = body.splitlines(keepends=True)
    line_number = chance.randrange(len(lines) + 1)
    kind = chance.choice(("part", "part", "line", "cut", "deletion", "order"))
    if kind == "part":
        return body[:position] + chance.choice(PARTS) + body[position:]
    if kind == "line":
        return b"".join([*lines[:line_number], chance.choice(LINES), *lines[line_number:]])
    if kind == "cut":
        return body[:position] or b"\n"
    if kind == "deletion":
        return body[:position] + body[position + chance.choice((1, 1, 5)) :] or b"\n"
    return b"".join(chance.sample(lines, len(lines))) or b"\n"
