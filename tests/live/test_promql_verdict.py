"""Generated expressions: what promtool takes has a tree here, and what it refuses has none."""

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from tailboard.queries.parser.promql import parse_expression
from tests.prometheus_programs import PROMETHEUS_VERSIONS, require_prometheus

SELECTORS = (
    "x",
    "up",
    'x{a="b"}',
    "x{a='#'}",
    'x{a="b"} # c\n',
    '{a="b"}',
    r'x{a="\n"}',
    r'x{a="\d"}',
)
PATTERNS = (
    r"b.* (c|d) \\d+ (?!b) [[:alpha:]]+ \\pL a{1001} a** (?i)b b(?i)c (a a*+ a{2}+ \\z \\Z $ + "
    r"x{,3} { (?P<n>a) \\u0041 \\x41 [b-a] []a] \\1 (a)(?P=n) \\Qa.b\\E [^] ) a{2,1} \\C a|* () "
    r"\\8 \\_ \\e (?x)a (?:a) a?? ^* $? \\b+ (?#c)a (?>a) [\\pL] a{0} a{3}{2} (a{500}){3} (?s:.) "
    r"(?-i)a (?U)a+ é \\é"
).split()
OPERATORS = "+ - * / % ^ == != > < >= <= and or unless atan2 AND".split()
MODIFIERS = (
    "",
    "",
    "",
    "on (a)",
    "ignoring (b)",
    "on (a) group_left",
    "on(a) group_right (c)",
    "bool",
)
DURATIONS = ("5m", "1h", "0s", "1d12h", "5m5m", "-5m", "1y")
COUNT = 500


def build_expression(chance: random.Random, depth: int) -> str:
    inner = [build_expression(chance, depth - 1) for _ in range(2)] if depth else ["x", "y"]
    duration, count = chance.choice(DURATIONS), chance.choice(("1", "1.5", "x", "'a'"))
    forms = [
        chance.choice(SELECTORS),
        f'x{{a=~"{chance.choice(PATTERNS)}"}}',
        f"{chance.choice(['rate', 'delta', 'changes'])}({chance.choice(SELECTORS)}[{duration}])",
        f"sum{chance.choice(['', ' by (a)', ' without (a, b)', ' by (a,)'])} ({inner[0]})",
        f"topk({count}, {inner[0]})",
        f"{inner[0]} {chance.choice(OPERATORS)} {chance.choice(MODIFIERS)} {inner[1]}",
        f"({inner[0]})",
        f"-{inner[0]}",
        f"{inner[0]}[{duration}:{chance.choice(['', '1m'])}]",
        f"{inner[0]} offset 5m",
        f"{inner[0]} @ {chance.choice(['5', 'start()', 'x'])}",
        f"{chance.choice(['abs', 'absent', 'vector', 'scalar', 'time', 'foo'])}({inner[0]})",
    ]
    return chance.choice(forms)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("version", PROMETHEUS_VERSIONS)
def test_an_expression_is_read_where_prometheus_reads_it(
    version: str, seed: int, tmp_path: Path
) -> None:
    promtool = require_prometheus(version).promtool
    chance = random.Random(seed)
    texts = [build_expression(chance, chance.randrange(4)) for _ in range(COUNT)]
    rules = [{"record": f"r{number}", "expr": text} for number, text in enumerate(texts)]
    rule_file = tmp_path / "rules.json"
    rule_file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}), "utf-8")
    answer = subprocess.run(
        [promtool, "check", "rules", str(rule_file)], capture_output=True, text=True, check=False
    )
    refused = set(re.findall(r'"r(\d+)": could not parse expr', answer.stdout + answer.stderr))
    assert 0 < len(refused) < COUNT
    wrong = {
        text: parse_expression(text).problem or "is read"
        for number, text in enumerate(texts)
        if (str(number) in refused) == (parse_expression(text).tree is not None)
    }
    assert wrong == {}
