"""Values that several panels have: constants, named for what they are and what differs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    Name,
    Template,
    find_kind,
    list_parts,
    render_flat,
    replace_value,
    walk_code,
)
from tailboard.convert.module_text import Constant
from tailboard.convert.names import NameRegistry

MIN_VALUE_LENGTH = 40
MIN_VALUES = 3
"""How often a value occurs that becomes a constant, and how long it is."""

MIN_PAIR_LENGTH = 75
"""How long a value is that occurs once less."""

MIN_LENGTHS = {"datasource": 20}
"""How long values of some roles are instead."""

VALUE_WORD, MAX_VALUE_WORDS = re.compile(r"[A-Za-z0-9]+"), 3
"""How many words a text has that says what a value is."""

CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")

SHARED_ROLES = frozenset(
    {
        "custom",
        "datasource",
        "fields",
        "legend",
        "links",
        "mappings",
        "options",
        "overrides",
        "tooltip",
        "transformations",
    }
)
"""The arguments and fields whose values become constants; parts of them stay where they are."""

WHOLE_ROLES = frozenset({"links", "mappings", "overrides", "transformations"})
"""Those in which the fields have other meanings: `options` of a mapping are no panel's."""

VALUE_NAMES = {
    "custom": "style",
    "expr": "expression",
    "fields": "fields",
    "legendFormat": "legend",
}
"""What a value is called by the argument or the field that it stands in."""


def share_values(codes: Sequence[Code], names: NameRegistry) -> tuple[list[Code], list[Constant]]:
    """Names for the dictionaries and lists that occur several times, the longest ones first."""
    counts: Counter[tuple[str, Code]] = Counter()
    kinds: dict[Code, set[str]] = defaultdict(set)
    for code in codes:
        kind = find_kind(code)
        for role, value in _list_values(code):
            counts[role, value] += 1
            kinds[value].add(kind)
    totals: Counter[Code] = Counter()
    roles: dict[Code, str] = {}
    for (role, value), count in counts.items():
        totals[value] += count
        roles.setdefault(value, role)
    chosen = [
        value
        for value, count in totals.items()
        if _is_worth_a_name(roles[value], value, count) and not _has_names(value)
    ]
    chosen.sort(
        key=lambda value: (
            roles[value] != "datasource",
            -len(render_flat(value)),
            render_flat(value),
        )
    )
    new_codes = list(codes)
    constants: list[Constant] = []
    texts: dict[str, str] = {}
    for index, value in enumerate(chosen):
        count = sum(_count_value(code, value) for code in new_codes)
        if not _is_worth_a_name(roles[value], value, count):
            continue
        constant = Constant(f"constant {index}", value)
        new_codes, constants = _replace_everywhere(new_codes, constants, value, Name(constant.name))
        constants.insert(0, constant)
        texts[constant.name] = _name_value(roles[value], value, kinds[value])
    return _name_constants(new_codes, constants, texts, names)


def _is_worth_a_name(role: str, value: Code, count: int) -> bool:
    """Whether a value is long enough to be said once, for as often as it occurs."""
    length = len(render_flat(value))
    if count >= MIN_VALUES:
        return length >= MIN_LENGTHS.get(role, MIN_VALUE_LENGTH)
    return count == MIN_VALUES - 1 and length >= MIN_PAIR_LENGTH


def _replace_everywhere(
    codes: Sequence[Code], constants: Sequence[Constant], value: Code, new_value: Code
) -> tuple[list[Code], list[Constant]]:
    """The codes and constants with another code in the place of a value."""
    return [replace_value(code, value, new_value) for code in codes], [
        replace(constant, code=replace_value(constant.code, value, new_value))
        for constant in constants
    ]


def _name_constants(
    codes: list[Code],
    constants: list[Constant],
    texts: dict[str, str],
    names: NameRegistry,
) -> tuple[list[Code], list[Constant]]:
    """The codes and constants with names for the places of these; the shortest has the plainest."""
    values = {constant.name: constant.code for constant in constants}
    places = sorted(texts, key=lambda place: len(render_flat(values[place])))
    for place in places:
        text = texts[place]
        peers = [values[peer] for peer in places if peer != place and texts[peer] == text]
        other_texts = _list_names(text, values[place], peers)
        is_general = not text.endswith("overrides")  # those say for which series they are
        name = names.find_constant([text, *other_texts] if is_general else [*other_texts, text])
        if name is None:
            value = next(constant.code for constant in constants if constant.name == place)
            constants = [constant for constant in constants if constant.name != place]
            codes, constants = _replace_everywhere(codes, constants, Name(place), value)
            continue
        codes, constants = _replace_everywhere(codes, constants, Name(place), Name(name))
        constants = [
            replace(constant, name=name) if constant.name == place else constant
            for constant in constants
        ]
    return codes, constants


def _list_values(code: Code, role: str = "") -> Iterator[tuple[str, Code]]:
    """The dictionaries and lists in a code, with the argument or the field that they stand in."""
    is_value = isinstance(code, DictCode | ListCode) or role == "overrides"
    if role in SHARED_ROLES and is_value:
        yield role, code
    if role in WHOLE_ROLES:
        return
    if isinstance(code, Call):
        for argument in code.arguments:
            yield from _list_values(argument)
        for name, argument in code.keywords:
            yield from _list_values(argument, name)
    elif isinstance(code, DictCode):
        for key, item in code.items:
            yield from _list_values(item, str(key.value) if isinstance(key, Literal) else "")
    else:
        for part in list_parts(code):
            yield from _list_values(part)


def _name_value(role: str, value: Code, kinds: set[str]) -> str:
    """What a value is: the type of a data source, else the argument and the kind of the panels."""
    if role == "datasource" and isinstance(value, DictCode):
        for key, item in value.items:
            if isinstance(key, Literal) and key.value == "type" and isinstance(item, Literal):
                return str(item.value)
        return "data source"
    name = VALUE_NAMES.get(role, role)
    return f"{next(iter(kinds))} {name}" if len(kinds) == 1 else name


def _list_names(text: str, value: Code, peers: Sequence[Code]) -> list[str]:
    """Other names for a value: by what it says that others of its name, or not all, do not.

    These words stand before the last word: `stacking style`, `timeseries stacking style`.
    """
    start, _, end = text.rpartition(" ")
    words = list(dict.fromkeys(_list_value_words(value)))
    peer_words = [{*_list_value_words(peer)} for peer in peers]
    own_words = [word for word in words if not any(word in others for others in peer_words)]
    other_words = [word for word in words if not all(word in others for others in peer_words)]
    is_pair = end == "overrides" and len(words) > 1 and not own_words
    pairs = [" ".join(words[:2])] if is_pair else []
    chosen_words = [*own_words, *pairs, *other_words]
    chosen_words = [word.lower().removesuffix(f" {end}") for word in chosen_words]
    texts = [f"{word} {end}" for word in chosen_words]
    texts += [f"{start} {word} {end}" for word in chosen_words if start]
    return [*texts, *(f"{word} {end}" for word in _list_full_words(value))]


def _list_value_words(code: Code) -> Iterator[str]:
    """What a value says in short: `bars`, `stacking`, `width 350`; of overrides, their series."""
    if isinstance(code, Call) and code.function == "build_override":
        yield from VALUE_WORD.findall(render_flat(code.arguments[1]))
        return
    if isinstance(code, DictCode):
        for key, item in code.items:
            if isinstance(key, Literal):
                yield _describe_item(CAMEL_CASE.sub(" ", str(key.value)), item)
    for part in list_parts(code):
        yield from _list_value_words(part)


def _list_full_words(code: Code) -> Iterator[str]:
    """The keys with their texts, where nothing shorter tells two values apart."""
    for part in walk_code(code):
        for key, item in part.items if isinstance(part, DictCode) else ():
            if isinstance(key, Literal) and isinstance(item, Literal):
                yield f"{CAMEL_CASE.sub(' ', str(key.value))} {item.value}"


def _describe_item(key: str, item: Code) -> str:
    match item:
        case Literal("none"):
            return f"no {key}"
        case Literal(str(text)) if text.startswith("#"):  # a colour
            return key
        case Literal(str(text)) if 0 < len(words := VALUE_WORD.findall(text)) <= MAX_VALUE_WORDS:
            return CAMEL_CASE.sub(" ", " ".join(words))
        case Literal(False):
            return f"no {key}"
        case Literal(int() | float() as number) if number is not True:
            return f"{key} {number}"
        case _:
            return key


def _has_names(code: Code) -> bool:
    """Whether a code uses a name, such as a parameter of the function that it stands in."""
    return any(isinstance(part, Name | Template) for part in walk_code(code))


def _count_value(code: Code, value: Code) -> int:
    if code == value:
        return 1
    return sum(_count_value(part, value) for part in list_parts(code))
