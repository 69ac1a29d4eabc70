"""What repeats in the panels of a dashboard: functions for one shape, constants for one value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from tailboard.convert.code import Call, Code, Name, Spread, TupleCode, replace_value
from tailboard.convert.module_text import Statement
from tailboard.convert.names import NameRegistry
from tailboard.convert.repetition.kind_functions import share_kinds
from tailboard.convert.repetition.looks import share_looks
from tailboard.convert.repetition.query_functions import share_queries
from tailboard.convert.repetition.selectors import share_selectors
from tailboard.convert.repetition.shapes import share_shapes
from tailboard.convert.repetition.values import share_values

MIN_CALLS = 3
"""How many calls with one argument become a loop."""


@dataclass(frozen=True)
class Sharing:
    """The codes of panels, and the functions and constants that they use."""

    codes: list[Code]
    statements: list[Statement]


def share_code(codes: Sequence[Code], names: NameRegistry) -> Sharing:
    """The codes with calls of common functions, and with names for common values."""
    function_codes, functions = share_shapes(codes, names)
    query_codes, query_functions = share_queries(
        [*function_codes, *(function.body for function in functions)], names
    )
    function_codes = query_codes[: len(function_codes)]
    functions = [
        replace(function, body=body)
        for function, body in zip(functions, query_codes[len(function_codes) :], strict=True)
    ]
    sized_codes, sized_functions = share_shapes(function_codes, names, is_sized=True)
    kinds = share_kinds(sized_codes, names)
    shared_codes, look_functions = share_looks(kinds.codes, names)
    functions = [*query_functions, *functions, *sized_functions, *kinds.functions, *look_functions]
    holders = [*shared_codes, *(function.body for function in functions)]
    for constant in kinds.constants:
        holders = [replace_value(code, constant.code, Name(constant.name)) for code in holders]
    holders += [constant.code for constant in kinds.constants]
    template_holders, selectors = share_selectors(holders, names)
    new_holders, constants = share_values(template_holders, names)
    remaining_holders = iter(new_holders)
    new_codes = [next(remaining_holders) for _ in shared_codes]
    new_functions = [replace(function, body=next(remaining_holders)) for function in functions]
    defaults = [replace(constant, code=next(remaining_holders)) for constant in kinds.constants]
    statements: list[Statement] = [*selectors, *constants, *defaults, *new_functions]
    return Sharing(new_codes, statements)


def join_calls(codes: Sequence[Code]) -> list[Code]:
    """The codes with a loop in the place of several calls that differ in their only argument."""
    joined_codes: list[Code] = []
    for _, group in groupby(codes, _find_loop_function):
        calls = list(group)
        first = calls[0]
        if len(calls) < MIN_CALLS or not isinstance(first, Call):
            joined_codes += calls
            continue
        arguments = tuple(call.arguments[0] for call in calls if isinstance(call, Call))
        call = Call(first.function, (Name("name"),))
        joined_codes.append(Spread(call, ("name",), TupleCode(arguments)))
    return joined_codes


def _find_loop_function(code: Code) -> object:
    """The function of a call with a single text; each other code is alone."""
    is_loop = (
        isinstance(code, Call)
        and "." not in code.function
        and code.function.startswith("build_")
        and len(code.arguments) == 1
        and not code.keywords
    )
    return code.function if is_loop and isinstance(code, Call) else id(code)
