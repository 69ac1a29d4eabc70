"""A part of an expression in its new form, and what is written around it."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tailboard.queries.analysis.structure import (
    Structure,
    build_call,
    build_number,
    build_operation,
    describe_modifier,
)
from tailboard.queries.parser.positions import PlacedNode
from tailboard.queries.parser.promql import parse_expression
from tailboard.rename.units import format_factor


class Part(NamedTuple):
    """A part of the expression in its new form; the degree is None for a number alone."""

    text: str
    structure: Structure
    degree: int | None = 0


def splice_text(text: str, node: PlacedNode, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text of a node with some ranges of it replaced."""
    parts, position = [], node.start
    for start, end, new_text in sorted(edits):
        parts += [text[position:start], new_text]
        position = end
    return "".join([*parts, text[position : node.end]])


def replace_label(part: Part, label: str, replacement: str, source: str, regex: str) -> Part:
    """The part as an argument of `label_replace`."""
    arguments = [label, replacement, source, regex]
    strings = ", ".join(f'"{argument}"' for argument in arguments)
    return Part(
        f"label_replace({part.text}, {strings})",
        build_call(
            "label_replace", part.structure, *(("string", argument) for argument in arguments)
        ),
        part.degree,
    )


def multiply(part: Part, factor: Fraction) -> Part:
    """A part times a factor; it is a selector, a call or something in brackets."""
    operation = format_factor(factor)
    op, number = operation.split(" ")
    modifier = (*describe_modifier(parse_expression("a * b").tree), (), ())
    structure = build_operation(op, part.structure, build_number(float(number)), modifier)
    return Part(f"{part.text} {operation}", structure, 0)
