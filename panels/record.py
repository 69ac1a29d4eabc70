"""Frozen dataclasses that take little time to declare.

For each class, `dataclass(frozen=True)` writes and compiles six methods. That takes half a
millisecond, as long as importing three modules, and was a sixth of the time of a short run. The
methods of a record are the same functions for all classes, and creating one takes half a
microsecond longer. It is for what most runs declare; `Matcher` and `Selection`, of which a service
has thousands, are dataclasses, and what documents have thousands of, such as queries and the nodes
of their trees, are named tuples.
"""

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from inspect import Parameter, Signature
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """The class with what `dataclass(frozen=True)` gives it; `replace` and `asdict` take it, too.

    Methods that the class itself defines are left alone. Of `field(...)` only defaults count. What
    extends it is a frozen dataclass, not a record.
    """
    data_class: Any = dataclass(init=False, repr=False, eq=False)(cls)
    data_class.__dataclass_params__.frozen = True  # so that a frozen dataclass may extend it
    attributes = {
        **SHARED_ATTRIBUTES,
        "_field_names": dict.fromkeys(one.name for one in fields(data_class)).keys(),
        "_read_values": attrgetter(*(one.name for one in fields(data_class))),
        "_default_values": {
            one.name: one.default for one in fields(data_class) if one.default is not MISSING
        },
        "_default_factories": {
            one.name: one.default_factory
            for one in fields(data_class)
            if one.default_factory is not MISSING
        },
    }
    for name, attribute in attributes.items():
        if name not in vars(cls):
            setattr(cls, name, attribute)
    return cls


def _initialize(self: Any, /, *values: Any, **named_values: Any) -> None:
    state = vars(self)
    names = self.__match_args__
    if named_values or len(values) < len(self._field_names):
        state.update(self._default_values)
        for name, build_value in self._default_factories.items():
            if name not in named_values:
                state[name] = build_value()
    state.update(zip(names, values))  # noqa: B905  # too many are refused below
    state.update(named_values)
    is_twice = named_values and not named_values.keys().isdisjoint(names[: len(values)])
    if is_twice or len(values) > len(names) or state.keys() != self._field_names:
        _refuse_arguments(self, values, named_values)
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _refuse_arguments(self: Any, values: tuple[Any, ...], named_values: dict[str, Any]) -> NoReturn:
    """Raise the TypeError with which Python refuses the arguments of a function."""
    try:
        type(self).__signature__.bind(*values, **named_values)
    except TypeError as error:
        raise TypeError(f"{type(self).__qualname__}.__init__() {error}") from None
    raise AssertionError("the arguments fit")


class _RecordSignature:
    """The signature of a class, for help and messages, which is built when it is read."""

    def __get__(self, _: object, owner: Any) -> Signature:
        if "__dataclass_fields__" in vars(owner) and "_field_names" not in vars(owner):
            raise AttributeError("a dataclass that extends a record has a signature of its own")
        default_values = {
            **owner._default_values,
            **{name: build_value() for name, build_value in owner._default_factories.items()},
        }
        kinds = {
            **dict.fromkeys(owner._field_names, Parameter.KEYWORD_ONLY),
            **dict.fromkeys(owner.__match_args__, Parameter.POSITIONAL_OR_KEYWORD),
        }
        parameters = [
            Parameter(name, kind, default=default_values.get(name, Parameter.empty))
            for name, kind in kinds.items()
        ]
        return Signature(sorted(parameters, key=lambda parameter: parameter.kind))


def _is_equal(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self._read_values(self) == self._read_values(other)


def _hash(self: Any) -> int:
    return hash(self._read_values(self))


def _represent(self: Any) -> str:
    state = vars(self)
    text = ", ".join(f"{name}={state[name]!r}" for name in self._field_names)
    return f"{type(self).__qualname__}({text})"


def _refuse_change(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change field {name!r} of a {type(self).__qualname__}")


SHARED_ATTRIBUTES = {
    "__init__": _initialize,
    "__eq__": _is_equal,
    "__hash__": _hash,
    "__repr__": _represent,
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_change,
    "__signature__": _RecordSignature(),
}
