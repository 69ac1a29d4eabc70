"""Units of a metric: by how much its numbers change, and what Grafana calls them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tailboard.panels.definition_error import DefinitionError, suggest_name

Sizes = Mapping[str, Fraction]

SECONDS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
BYTES = {
    "bit": Fraction(1, 8),
    "bytes": Fraction(1),
    "kB": Fraction(1000),
    "MB": Fraction(10**6),
    "GB": Fraction(10**9),
    "KiB": Fraction(1024),
    "MiB": Fraction(1024**2),
    "GiB": Fraction(1024**3),
}
SHARES = {"percent": Fraction(1, 100), "ratio": Fraction(1)}

DIMENSIONS: tuple[Sizes, ...] = (SECONDS, BYTES, SHARES)
"""Units that can be converted into one another, by their size."""

GRAFANA_UNITS: Mapping[str, tuple[str, ...]] = {
    "ns": ("ns",),
    "us": ("µs",),
    "ms": ("ms", "clockms", "dtdurationms"),
    "s": ("s", "clocks", "dtdurations"),
    "m": ("m",),
    "h": ("h",),
    "d": ("d",),
    "bit": ("bits", "decbits", "binbps", "bps"),
    "bytes": ("bytes", "decbytes", "binBps", "Bps"),
    "kB": ("", "deckbytes", "", "KBs"),
    "MB": ("", "decmbytes", "", "MBs"),
    "GB": ("", "decgbytes", "", "GBs"),
    "KiB": ("kbytes", "", "KiBs", ""),
    "MiB": ("mbytes", "", "MiBs", ""),
    "GiB": ("gbytes", "", "GiBs", ""),
    "percent": ("percent",),
    "ratio": ("percentunit",),
}
"""What Grafana's panels call each unit; those at one position show numbers in the same way.

Source: packages/grafana-data/src/valueFormats/categories.ts
"""


@dataclass(frozen=True)
class UnitChange:
    """Numbers in the unit `old` come in the unit `new` from now on."""

    old: str
    new: str

    @property
    def factor(self) -> Fraction:
        """What a number in the old unit is multiplied by to be one in the new unit."""
        sizes = next(sizes for sizes in DIMENSIONS if self.old in sizes)
        return sizes[self.old] / sizes[self.new]

    def find_panel_unit(self, unit: str) -> str | None:
        """What a panel that shows this unit of Grafana has to show now; None if none fits."""
        old_units, new_units = GRAFANA_UNITS[self.old], GRAFANA_UNITS[self.new]
        pairs = dict(zip(old_units, new_units, strict=False))
        return pairs.get(unit) or None if unit else None


def parse_unit_change(text: str) -> UnitChange:
    """The change that `ms=s` names; raises `DefinitionError`."""
    old, separator, new = (part.strip() for part in text.partition("="))
    names = [name for sizes in DIMENSIONS for name in sizes]
    for name in (old, new):
        if separator and name not in names:
            raise DefinitionError(f"there is no unit {name!r}", tip=suggest_name(name, names))
    if not separator or not any(old in sizes and new in sizes for sizes in DIMENSIONS):
        raise DefinitionError(
            f"{text!r} names no two units of one kind",
            tip=f"write ms=s for example; the units are {format_names(names)}.",
        )
    if old == new:
        raise DefinitionError(f"{text!r} changes nothing", tip="name two different units.")
    return UnitChange(old, new)


def format_names(names: Iterable[str]) -> str:
    """The names as a list in a sentence."""
    return ", ".join(names)


def scale_number(text: str, factor: Fraction) -> str | None:
    """A number in decimal digits times a factor, exactly; None for what is none.

    A whole number with `.0` at its end stays one, as bounds of buckets are written.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return text
    scaled_number = Fraction(number) * factor
    return format_number(scaled_number, has_point=text.endswith(".0"))


def format_number(number: Fraction, *, has_point: bool = False) -> str:
    """A number in the shortest form that is read as the nearest float."""
    if number.denominator == 1:
        return f"{number.numerator}.0" if has_point else str(number.numerator)
    return format(Decimal(repr(float(number))), "f")


def format_factor(factor: Fraction) -> str:
    """The operation that multiplies by a factor: `* 1000`, `/ 1000`."""
    if factor.numerator == 1:
        return f"/ {factor.denominator}"
    if factor.denominator == 1:
        return f"* {factor.numerator}"
    return f"* {format_number(factor)}"
