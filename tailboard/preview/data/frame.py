"""Tables of data as Grafana has them: fields of equal length, each with its labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

FieldKind = Literal["time", "number", "string"]

TIME_FIELD, VALUE_FIELD = "Time", "Value"


@dataclass(frozen=True)
class Field:
    """One column: times in seconds, numbers (None where there is none) or strings.

    `display_name` is the legend; `config` holds the field options that apply to it.
    """

    name: str
    kind: FieldKind
    values: tuple[Any, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    display_name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    value_range: tuple[float, float] | None = None
    """The least and the largest number of the panel, where its options give no limits."""

    @property
    def title(self) -> str:
        """What it is called in a legend or a table."""
        return str(self.config.get("displayName") or self.display_name or self.name)

    @property
    def custom(self) -> Mapping[str, Any]:
        """The options of the panel's kind for this field."""
        custom = self.config.get("custom")
        return custom if isinstance(custom, Mapping) else {}


@dataclass(frozen=True)
class Frame:
    """Fields of one query."""

    fields: tuple[Field, ...]
    ref_id: str = ""

    @property
    def length(self) -> int:
        """The number of rows."""
        return max((len(column.values) for column in self.fields), default=0)

    @property
    def times(self) -> tuple[float, ...]:
        """The values of the first field of times; empty where there is none."""
        return next((column.values for column in self.fields if column.kind == "time"), ())

    @property
    def numbers(self) -> tuple[Field, ...]:
        """The fields of numbers."""
        return tuple(column for column in self.fields if column.kind == "number")

    def select_rows(self, rows: list[int]) -> "Frame":
        """The frame with these rows, in this order."""
        return replace(
            self,
            fields=tuple(
                replace(column, values=tuple(column.values[row] for row in rows))
                for column in self.fields
            ),
        )
