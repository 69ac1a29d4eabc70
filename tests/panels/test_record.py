"""Records behave like the frozen dataclasses of Python."""

import copy
import inspect
import pickle
from dataclasses import KW_ONLY, FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.panels.record import record


@record
class Point:
    """A point with a name."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    _: KW_ONLY
    color: str = "red"


@record
class SmallPoint:
    """A point that is checked."""

    x: int

    def __post_init__(self) -> None:
        if self.x > 9:
            raise ValueError("too large")


@dataclass(frozen=True)
class NamedPoint(SmallPoint):
    """A point with one more field."""

    name: str = "a"


@dataclass(frozen=True)
class Reference:
    """What `Point` would be as a dataclass."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    _: KW_ONLY
    color: str = "red"


ARGUMENTS = st.tuples(
    st.lists(st.integers(0, 3), max_size=4),
    st.dictionaries(st.sampled_from(["x", "y", "names", "color", "z"]), st.integers(0, 3)),
)


def try_call(kind: Any, values: list[int], named_values: dict[str, int]) -> Any:
    try:
        return vars(kind(*values, **named_values))
    except TypeError:
        return TypeError


@given(ARGUMENTS)
def test_it_takes_the_arguments_that_a_dataclass_takes(
    arguments: tuple[list[int], dict[str, int]],
) -> None:
    assert try_call(Point, *arguments) == try_call(Reference, *arguments)


@given(ARGUMENTS, ARGUMENTS)
def test_two_are_equal_where_their_fields_are(
    first: tuple[list[int], dict[str, int]], second: tuple[list[int], dict[str, int]]
) -> None:
    calls = [try_call(Point, *arguments) for arguments in (first, second)]
    if TypeError not in calls:
        points = [Point(**state) for state in calls]
        assert (points[0] == points[1]) == (calls[0] == calls[1])


@pytest.mark.parametrize(
    ("values", "named_values", "words"),
    [
        ((), {}, r"Point.__init__\(\) missing a required argument: 'x'"),
        ((1, 2, [], 4), {}, r"Point.__init__\(\) too many positional arguments"),
        ((1,), {"x": 1}, r"Point.__init__\(\) multiple values for argument 'x'"),
        ((1,), {"z": 1}, r"Point.__init__\(\) got an unexpected keyword argument 'z'"),
    ],
)
def test_wrong_arguments_are_named(
    values: tuple[Any, ...], named_values: dict[str, Any], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        Point(*values, **named_values)


def test_its_signature_is_that_of_a_function() -> None:
    assert str(inspect.signature(Point)) == "(x, y=2, names=[], *, color='red')"


def test_a_default_value_is_made_for_each() -> None:
    assert Point(1).names is not Point(1).names


def test_nothing_of_it_changes() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert point == Point(1)


def test_its_hash_is_that_of_its_fields() -> None:
    assert len({SmallPoint(1), SmallPoint(1), SmallPoint(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_a_record_of_another_class_is_another() -> None:
    assert Point(1) != Reference(1)  # type: ignore[comparison-overlap]
    assert SmallPoint(1) != NamedPoint(1)


def test_a_class_that_extends_it_has_its_fields_first() -> None:
    assert [one.name for one in fields(NamedPoint)] == ["x", "name"]
    assert NamedPoint(1, "b") == NamedPoint(x=1, name="b") != NamedPoint(1)
    assert str(inspect.signature(NamedPoint)) == "(x: int, name: str = 'a') -> None"
    with pytest.raises(FrozenInstanceError):
        NamedPoint(1).name = "b"  # type: ignore[misc]


@pytest.mark.parametrize("kind", [SmallPoint, NamedPoint])
def test_what_a_class_checks_is_checked(kind: type[SmallPoint]) -> None:
    with pytest.raises(ValueError, match="too large"):
        kind(10)
    with pytest.raises(ValueError, match="too large"):
        replace(kind(1), x=10)


def test_the_functions_of_dataclasses_take_it() -> None:
    assert replace(Point(1), y=3) == Point(1, 3)
    assert asdict(Point(1, 2, ["a"])) == {"x": 1, "y": 2, "names": ["a"], "color": "red"}
    assert repr(Point(1)) == repr(Reference(1)).replace("Reference", "Point")
    match Point(1, 5):
        case Point(x, y):
            assert (x, y) == (1, 5)


def test_a_copy_is_equal() -> None:
    point = Point(1, names=["a"])
    assert copy.deepcopy(point) == copy.copy(point) == pickle.loads(pickle.dumps(point)) == point
