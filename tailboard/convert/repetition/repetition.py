"""What repeats in the panels of a dashboard: functions for one shape, constants for one value."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, permutations

from tailboard.convert.class_calls import use_classes
from tailboard.convert.code import (
    Call,
    Code,
    Name,
    Spread,
    TupleCode,
    find_kind,
    render_flat,
    replace_value,
)
from tailboard.convert.module_text import Function, Statement
from tailboard.convert.names import NameRegistry
from tailboard.convert.repetition.kind_functions import KindSharing, share_kinds
from tailboard.convert.repetition.looks import share_looks
from tailboard.convert.repetition.query_functions import (
    QUERY_TYPE,
    inline_single_calls,
    share_queries,
)
from tailboard.convert.repetition.selectors import share_selectors
from tailboard.convert.repetition.shapes import share_shapes
from tailboard.convert.repetition.values import share_values

MIN_CALLS = 3
"""How many calls with one argument become a loop."""

FUNCTION_LENGTH = 400
"""As much code as a function weighs beside what is in it."""


@dataclass(frozen=True)
class Sharing:
    """The codes of panels and of other parts, and the functions and constants that they use."""

    codes: list[Code]
    statements: list[Statement]
    others: list[Code]


def share_code(codes: Sequence[Code], others: Sequence[Code], names: NameRegistry) -> Sharing:
    """The codes of panels with calls of common functions, and all with names for common values.

    `others` are variables and annotations, whose selectors are often those of panels.
    """
    new_codes, functions = _share_own_shapes(codes, names)
    query_codes, query_functions = share_queries(
        [*new_codes, *(function.body for function in functions)], names
    )
    new_codes = query_codes[: len(new_codes)]
    functions = [
        replace(function, body=body)
        for function, body in zip(functions, query_codes[len(new_codes) :], strict=True)
    ]
    new_codes, more_functions = _share_own_shapes(new_codes, names)
    functions += more_functions
    panels = _share_panels(new_codes, names)
    functions += panels.functions
    holders = [*panels.codes, *(function.body for function in functions)]
    holders, query_functions = inline_single_calls(holders, query_functions)
    holders += [function.body for function in query_functions]
    functions += query_functions
    for constant in panels.constants:
        holders = [replace_value(code, constant.code, Name(constant.name)) for code in holders]
    holders += [constant.code for constant in panels.constants]
    template_holders, selectors = share_selectors([*holders, *others], names)
    new_holders, constants = share_values(template_holders, names)
    remaining_holders = iter(new_holders)
    new_codes = [next(remaining_holders) for _ in panels.codes]
    new_functions = [replace(function, body=next(remaining_holders)) for function in functions]
    defaults = [replace(constant, code=next(remaining_holders)) for constant in panels.constants]
    new_functions.sort(key=lambda function: function.return_type != QUERY_TYPE)
    new_codes, new_functions = use_classes(new_codes, new_functions)
    new_others = list(remaining_holders)
    statements: list[Statement] = [*selectors, *constants, *defaults, *new_functions]
    return Sharing(new_codes, statements, new_others)


def _share_own_shapes(
    codes: Sequence[Code], names: NameRegistry
) -> tuple[list[Code], list[Function]]:
    """Functions for panels whose shape says more than their kind and one query."""
    new_codes, functions = share_shapes(codes, names, is_single_query_wanted=False)
    new_codes, sized_functions = share_shapes(
        new_codes, names, is_sized=True, is_single_query_wanted=False
    )
    return new_codes, [*functions, *sized_functions]


def _share_panels(codes: Sequence[Code], names: NameRegistry) -> KindSharing:
    """The panels as calls of functions, kind by kind in the shorter of two ways."""
    sharing = KindSharing(list(codes))
    indexes_by_kind: dict[str, list[int]] = defaultdict(list)
    for index, code in enumerate(codes):
        indexes_by_kind[find_kind(code)].append(index)
    for indexes in indexes_by_kind.values():
        own_codes = [codes[index] for index in indexes]
        steps = min(
            permutations((share_kinds, _share_all_shapes)),
            key=lambda steps: _measure_sharing(_share_in_order(steps, own_codes, names.copy())),
        )
        own_sharing = _share_in_order(steps, own_codes, names)
        sharing.functions += own_sharing.functions
        sharing.constants += own_sharing.constants
        for index, code in zip(indexes, own_sharing.codes, strict=True):
            sharing.codes[index] = code
    return sharing


def _share_in_order(
    steps: Iterable[Callable[[Sequence[Code], NameRegistry], KindSharing]],
    codes: Sequence[Code],
    names: NameRegistry,
) -> KindSharing:
    """Functions of the first step, then of each other for what is left, and of looks at last."""
    sharing = KindSharing(list(codes))
    for share in steps:
        own_sharing = share(sharing.codes, names)
        sharing = KindSharing(
            own_sharing.codes,
            [*sharing.functions, *own_sharing.functions],
            [*sharing.constants, *own_sharing.constants],
        )
    new_codes, look_functions = share_looks(sharing.codes, names)
    return KindSharing(new_codes, [*sharing.functions, *look_functions], sharing.constants)


def _share_all_shapes(codes: Sequence[Code], names: NameRegistry) -> KindSharing:
    """The panels of one shape as calls of functions, in one size first."""
    new_codes, functions = share_shapes(codes, names)
    new_codes, sized_functions = share_shapes(new_codes, names, is_sized=True)
    return KindSharing(new_codes, [*functions, *sized_functions])


def _measure_sharing(sharing: KindSharing) -> int:
    """How much there is to read: all code, and for each function that one has to know it."""
    bodies = (function.body for function in sharing.functions)
    constants = (constant.code for constant in sharing.constants)
    lengths = (len(render_flat(code)) for code in (*sharing.codes, *bodies, *constants))
    return sum(lengths) + FUNCTION_LENGTH * len(sharing.functions)


def join_calls(codes: Sequence[Code], statements: Sequence[Statement]) -> list[Code]:
    """The codes with a loop in the place of several calls that differ in their only argument.

    Its variable has the name of the parameter.
    """
    parameters = {
        statement.name: statement.parameters[0].name
        for statement in statements
        if isinstance(statement, Function) and statement.parameters
    }
    joined_codes: list[Code] = []
    for _, group in groupby(codes, _find_loop_function):
        calls = list(group)
        first = calls[0]
        if len(calls) < MIN_CALLS or not isinstance(first, Call):
            joined_codes += calls
            continue
        arguments = tuple(call.arguments[0] for call in calls if isinstance(call, Call))
        name = parameters.get(first.function, "name")
        call = Call(first.function, (Name(name),))
        joined_codes.append(Spread(call, (name,), TupleCode(arguments)))
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
