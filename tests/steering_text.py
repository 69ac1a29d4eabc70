"""Texts that steer a terminal or a CI system, and finding them in what is printed."""

import re
import unicodedata

from hypothesis import strategies as st

WILD_PIECES = [
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x9b31m",
    "\r",
    "\n",
    "\n::error::pwn",
    "\n  ::add-mask::pwn",
    "::error file=a,line=1::pwn",
    "##[error]pwn",
    "##vso[task.setvariable variable=a]b",
    "\n##teamcity[buildStop]",
    "\u202egnp.exe",
    "\u2066\u2069\u200f\u061c",
    "\u2028::warning::pwn",
    "\x85::warning::pwn",
    "\x0b::warning::pwn",
    "\U000e0041\ufeff\u2060",
    "\x7f\x00\b",
]
WILD_TEXTS = st.lists(st.sampled_from(WILD_PIECES) | st.text(max_size=5)).map("".join)
WILD_TITLE = "T".join(WILD_PIECES).replace("\x00", "")
"""All of them in one text that JSON and a file can hold."""

STEERING_COMMAND = re.compile(r"^\s*::|##(?:vso|teamcity)?\[")
STYLE = re.compile(r"\x1b\[(?:3[1-3]|1|0)m")
"""The colours of our own: red, green, yellow; bold; and their end."""


def find_steering(text: str, *, has_commands: bool = False) -> list[str]:
    """What in a printed text steers a terminal or a CI system."""
    plain_text = STYLE.sub("", text)
    characters = [
        char
        for char in plain_text
        if (char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"})
        or unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
        or char in "\u2068\u2069\u200e\u200f\u061c\ufeff"
    ]
    commands = [line for line in plain_text.split("\n") if STEERING_COMMAND.search(line)]
    return characters + ([] if has_commands else commands)
