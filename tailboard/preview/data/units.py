"""Numbers with their unit, as Grafana writes them.

https://github.com/grafana/grafana/blob/v12.4.0/packages/grafana-data/src/valueFormats/
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

SI_PREFIXES = ("f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
SI_BASE = SI_PREFIXES.index("")
BINARY_PREFIXES = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
COUNT_PREFIXES = ("", "K", "M", "B", "T")
SHORT_SUFFIXES = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
PLURAL_SUFFIXES = frozenset({" min", " hour", " day", " week", " year"})
MAX_DECIMALS = 20
"""The decimals that are written at most, whatever a document says."""

TRAILING_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")

Formatter = Callable[[float, int | None], str]
Scale = tuple[tuple[float, float, str], ...]
"""Below which size a number is divided by what, and the suffix; the last one has no limit."""

NANOSECONDS: Scale = (
    (1e3, 1, " ns"),
    (1e6, 1e3, " µs"),
    (1e9, 1e6, " ms"),
    (6e10, 1e9, " s"),
    (3.6e12, 6e10, " min"),
    (8.64e13, 3.6e12, " hour"),
    (math.inf, 8.64e13, " day"),
)
MICROSECONDS: Scale = ((1e3, 1, " µs"), (1e6, 1e3, " ms"), (math.inf, 1e6, " s"))
MILLISECONDS: Scale = (
    (1e3, 1, " ms"),
    (6e4, 1e3, " s"),
    (3.6e6, 6e4, " min"),
    (8.64e7, 3.6e6, " hour"),
    (3.1536e10, 8.64e7, " day"),
    (math.inf, 3.1536e10, " year"),
)
SECONDS: Scale = (
    (1e-6, 1e-9, " ns"),
    (1e-3, 1e-6, " µs"),
    (1.0, 1e-3, " ms"),
    (60.0, 1.0, " s"),
    (3600.0, 60.0, " min"),
    (86_400.0, 3600.0, " hour"),
    (604_800.0, 86_400.0, " day"),
    (31_536_000.0, 604_800.0, " week"),
    (math.inf, 31_556_900.0, " year"),
)
MINUTES: Scale = (
    (60.0, 1.0, " min"),
    (1440.0, 60.0, " hour"),
    (10_080.0, 1440.0, " day"),
    (604_800.0, 10_080.0, " week"),
    (math.inf, 525_948.0, " year"),
)
HOURS: Scale = (
    (24.0, 1.0, " hour"),
    (168.0, 24.0, " day"),
    (8760.0, 168.0, " week"),
    (math.inf, 8760.0, " year"),
)
DAYS: Scale = ((7.0, 1.0, " day"), (365.0, 7.0, " week"), (math.inf, 365.0, " year"))
DURATION_PARTS = (
    (31_536_000.0, "year"),
    (2_628_000.0, "month"),
    (604_800.0, "week"),
    (86_400.0, "day"),
    (3600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
    (0.001, "millisecond"),
)


def format_value(value: float | None, unit: str = "", decimals: int | None = None) -> str:
    """A number as text with its unit; empty where there is none."""
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if decimals is not None:
        decimals = min(max(decimals, 0), MAX_DECIMALS)
    return find_formatter(unit)(value, decimals)


def find_formatter(unit: str) -> Formatter:
    """The formatter of a unit of Grafana; an unknown one is written after the number."""
    if unit in FORMATTERS:
        return FORMATTERS[unit]
    kind, _, rest = unit.partition(":")
    builder = BUILDERS_BY_PREFIX.get(kind) if rest else None
    return builder(rest) if builder else _build_fixed(unit)


def format_number(value: float, decimals: int | None = None) -> str:
    """A number with so many decimals; without, with as many as its size asks for."""
    if not math.isfinite(value):
        return format_value(value)
    if decimals is None:
        decimals = _count_decimals(value)
    if value == 0:
        return f"{0:.{decimals}f}"
    factor = 10.0**decimals
    scaled = value * factor
    if abs(scaled) >= 1e21:  # where JavaScript writes exponents
        return f"{value:g}"
    # Halves are rounded up, as JavaScript rounds them.
    rounded = math.floor(scaled + 0.5)
    text = f"{rounded / factor:.{decimals}f}"
    return text.removeprefix("-") if not rounded else text


def _count_decimals(value: float) -> int:
    size = abs(value)
    if not size or value == int(value):
        return 0
    decimals = 1 - math.floor(math.log10(size))
    if decimals >= MAX_DECIMALS:
        return MAX_DECIMALS
    norm = size * 10.0**decimals
    return max(decimals + (1 if norm > 2.25 else 0), 0)


def _build_fixed(suffix: str) -> Formatter:
    end = f" {suffix}" if suffix else ""
    return lambda value, decimals: format_number(value, decimals) + end


def _build_scaled(factor: float, suffixes: tuple[str, ...], offset: int = 0) -> Formatter:
    """Divided by a power of `factor` until it is small; the suffix says by which."""

    def format_scaled(value: float, decimals: int | None) -> str:
        power = math.floor(math.log10(abs(value)) / math.log10(factor)) if value else 0
        power = min(max(power, -offset), len(suffixes) - offset - 1)
        return format_number(value / factor**power, decimals) + suffixes[offset + power]

    return format_scaled


def _build_si(unit: str, offset: int = 0) -> Formatter:
    return _build_scaled(
        1000, tuple(f" {prefix}{unit}" for prefix in SI_PREFIXES), SI_BASE + offset
    )


def _build_binary(unit: str, offset: int = 0) -> Formatter:
    return _build_scaled(1024, tuple(f" {prefix}{unit}" for prefix in BINARY_PREFIXES), offset)


def _build_count(unit: str) -> Formatter:
    return _build_scaled(1000, tuple(f"{prefix} {unit}" for prefix in COUNT_PREFIXES))


def _build_currency(symbol: str) -> Formatter:
    scaled = _build_scaled(1000, COUNT_PREFIXES)

    def format_currency(value: float, decimals: int | None) -> str:
        return f"{'-' if value < 0 else ''}{symbol}{scaled(abs(value), decimals)}"

    return format_currency


def _build_duration(scale: Scale) -> Formatter:
    """A duration in the unit that its size asks for."""

    def format_scaled(value: float, decimals: int | None) -> str:
        if not value:
            unit = next(suffix for _, factor, suffix in scale if factor == 1)
            return f"0{unit}"
        _, factor, suffix = next(entry for entry in scale if abs(value) < entry[0])
        # Grafana multiplies: 0.06 s are 60 ms, and what is a little less is 60.0 ms.
        number = value / factor if factor >= 1 else value * round(1 / factor)
        plural = "s" if suffix in PLURAL_SUFFIXES and factor != 1 and abs(number) > 1 else ""
        return f"{format_number(number, decimals)}{suffix}{plural}"

    return format_scaled


def _build_boolean(true_text: str, false_text: str) -> Formatter:
    return lambda value, _: true_text if value else false_text


def _build_prefix(symbol: str) -> Formatter:
    return lambda value, decimals: f"{symbol}{format_number(value, decimals)}"


def _build_custom_si(text: str) -> Formatter:
    """`mV` is V that are counted in thousandths."""
    is_scaled = text[0] in SI_PREFIXES and len(text) > 1
    offset = SI_PREFIXES.index(text[0]) - SI_BASE if is_scaled else 0
    return _build_si(text[1:] if is_scaled else text, offset)


def _build_custom_boolean(text: str) -> Formatter:
    true_text, _, false_text = text.partition("/")
    return _build_boolean(true_text, false_text or "-")


def _format_percent(value: float, decimals: int | None) -> str:
    return f"{format_number(value, decimals)}%"


def _format_percent_unit(value: float, decimals: int | None) -> str:
    return _format_percent(value * 100, decimals)


def _format_locale(value: float, decimals: int | None) -> str:
    text = f"{value:,.{3 if decimals is None else decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _format_parts(value: float, decimals: int | None) -> str:
    """Seconds as `2 hours, 5 minutes`; `decimals` is how many parts follow the first."""
    if value < 0:
        return f"{_format_parts(-value, decimals)} ago"
    if not value:
        return "0 seconds"
    parts: list[str] = []
    if value < 0.001:
        return "0 milliseconds"
    for seconds, name in DURATION_PARTS:
        if len(parts) > (decimals or 0):
            break
        if value >= seconds or parts:
            count = int(value // seconds)
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
            value %= seconds
    return ", ".join(parts)


def _format_clock(value: float, _: int | None) -> str:
    """Seconds as `01:02:03`."""
    size = int(abs(value))
    text = f"{size // 3600:02d}:{size % 3600 // 60:02d}:{size % 60:02d}"
    return f"{text} ago" if value < 0 else text


def _format_days_clock(value: float, _: int | None) -> str:
    """Seconds as `2 d 01:02:03`."""
    days, rest = divmod(int(abs(value)), 86_400)
    text = _format_clock(rest, None)
    text = f"{days} d {text}" if days else text
    return f"{text} ago" if value < 0 else text


def _format_time(value: float, _: int | None) -> str:
    """Milliseconds since 1970 as a date and time in UTC."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return format_number(value)


def _format_scientific(value: float, decimals: int | None) -> str:
    mantissa, _, exponent = f"{value:.{2 if decimals is None else decimals}e}".partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def _format_hexadecimal(value: float, _: int | None) -> str:
    return f"{int(value):X}"


def _list_data_units() -> Mapping[str, Formatter]:
    """Sizes and rates of data, by their power."""
    names = {
        1: ("kbytes", "deckbytes", "KiBs", "KBs", "Kibits", "Kbits"),
        2: ("mbytes", "decmbytes", "MiBs", "MBs", "Mibits", "Mbits"),
        3: ("gbytes", "decgbytes", "GiBs", "GBs", "Gibits", "Gbits"),
        4: ("tbytes", "dectbytes", "TiBs", "TBs", "Tibits", "Tbits"),
        5: ("pbytes", "decpbytes", "PiBs", "PBs", "Pibits", "Pbits"),
    }
    units = ("B", "B", "B/s", "B/s", "b/s", "b/s")
    return {
        name: (_build_binary if number % 2 == 0 else _build_si)(units[number], power)
        for power, row in names.items()
        for number, name in enumerate(row)
    }


BUILDERS_BY_PREFIX: Mapping[str, Callable[[str], Formatter]] = {
    "bool": _build_custom_boolean,
    "count": _build_count,
    "currency": _build_currency,
    "prefix": _build_prefix,
    "si": _build_custom_si,
    "suffix": _build_fixed,
    "time": lambda _: _format_time,
}
"""Units that a document makes up itself, such as `suffix:orders`."""

COUNT_UNITS = {
    "cps": "c/s",
    "ops": "ops/s",
    "reqps": "req/s",
    "rps": "rd/s",
    "wps": "wr/s",
    "iops": "io/s",
    "eps": "evt/s",
    "mps": "msg/s",
    "recps": "rec/s",
    "rowsps": "rows/s",
    "cpm": "c/m",
    "opm": "ops/m",
    "reqpm": "req/m",
    "rpm": "rd/m",
    "wpm": "wr/m",
    "epm": "evts/m",
    "mpm": "msgs/m",
    "recpm": "rec/m",
    "rowspm": "rows/m",
}
SI_UNITS = {
    "sishort": ("", 0),
    "decbytes": ("B", 0),
    "decbits": ("b", 0),
    "pps": ("p/s", 0),
    "Bps": ("B/s", 0),
    "bps": ("b/s", 0),
    "hertz": ("Hz", 0),
    "rothz": ("Hz", 0),
    "watt": ("W", 0),
    "kwatt": ("W", 1),
    "watth": ("Wh", 0),
    "kwatth": ("Wh", 1),
    "joule": ("J", 0),
    "volt": ("V", 0),
    "amp": ("A", 0),
    "flops": ("FLOPS", 0),
    "Hs": ("H/s", 0),
}
BINARY_UNITS = {"bytes": "B", "bits": "b", "binBps": "B/s", "binbps": "b/s"}
CURRENCIES = {
    "currencyUSD": "$",
    "currencyEUR": "€",
    "currencyGBP": "£",
    "currencyJPY": "¥",
    "currencyINR": "₹",
    "currencyKRW": "₩",
}
FIXED_UNITS = {
    "none": "",
    "string": "",
    "ppm": "ppm",
    "celsius": "°C",
    "fahrenheit": "°F",
    "kelvin": "K",
    "degree": "°",
    "pixel": "px",
    "dB": "dB",
}
FORMATTERS: Mapping[str, Formatter] = {
    "": _build_fixed(""),
    "short": _build_scaled(1000, SHORT_SUFFIXES),
    "percent": _format_percent,
    "percentunit": _format_percent_unit,
    "humidity": _build_fixed("%H"),
    "locale": _format_locale,
    "sci": _format_scientific,
    "hex": _format_hexadecimal,
    "ns": _build_duration(NANOSECONDS),
    "µs": _build_duration(MICROSECONDS),
    "ms": _build_duration(MILLISECONDS),
    "s": _build_duration(SECONDS),
    "m": _build_duration(MINUTES),
    "h": _build_duration(HOURS),
    "d": _build_duration(DAYS),
    "dtdurations": _format_parts,
    "dtdurationms": lambda value, decimals: _format_parts(value / 1000, decimals),
    "dthms": _format_clock,
    "clocks": _format_clock,
    "clockms": lambda value, decimals: _format_clock(value / 1000, decimals),
    "dtdhms": _format_days_clock,
    "dateTimeAsIso": _format_time,
    "dateTimeAsUS": _format_time,
    "dateTimeAsLocal": _format_time,
    "dateTimeAsSystem": _format_time,
    "dateTimeFromNow": _format_time,
    "bool": _build_boolean("True", "False"),
    "bool_yes_no": _build_boolean("Yes", "No"),
    "bool_on_off": _build_boolean("On", "Off"),
    **{unit: _build_fixed(suffix) for unit, suffix in FIXED_UNITS.items()},
    **{unit: _build_count(suffix) for unit, suffix in COUNT_UNITS.items()},
    **{unit: _build_si(suffix, offset) for unit, (suffix, offset) in SI_UNITS.items()},
    **{unit: _build_binary(suffix) for unit, suffix in BINARY_UNITS.items()},
    **{unit: _build_currency(symbol) for unit, symbol in CURRENCIES.items()},
    **_list_data_units(),
}


def format_bound(value: float, unit: str = "", decimals: int | None = None) -> str:
    """A round number, without zeros at its end unless the decimals are asked for."""
    text = format_value(value, unit, decimals)
    return text if decimals is not None else strip_zeros(text)


def strip_zeros(text: str) -> str:
    """A number without zeros behind its last decimal."""
    return TRAILING_ZEROS.sub(lambda match: match[1].rstrip("."), text)
