"""PromQL as hypothesis invents it: every kind of node, white space, comments, variables."""

from hypothesis import strategies as st

METRICS = ("requests_total", "took_bucket", "took_sum", "took_count", "temperature", "up")
LABELS = ("path", "job", "le", "code")
SPACES = st.sampled_from(["", " ", "\n  ", " # a requests_total{path}\n"])

labels = st.sampled_from(LABELS)
label_lists = st.lists(labels, max_size=2, unique=True).map(", ".join)
windows = st.sampled_from(["5m", "1h30m", "$__rate_interval", "${__range_ms}ms"])
numbers = st.sampled_from(["1", "0.5", "1e-3", "-2", "+3", "0x1F", "Inf", "NaN", "5m"])
matchers = st.tuples(
    labels,
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(['"a"', "'b c'", "`d`", '"$e"']),
).map("".join)


@st.composite
def selectors(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(METRICS))
    inner = draw(st.lists(matchers, max_size=2))
    if draw(st.booleans()) and inner:
        return f"{name}{draw(SPACES)}{{{', '.join(inner)}{draw(st.sampled_from(['', ',']))}}}"
    return draw(st.sampled_from([name, f'{{__name__="{name}", job="x"}}']))


time_modifiers = st.sampled_from(["", " offset 5m", " offset -1h", " @ 5", " @ end() offset 1m"])
instant_selectors = st.tuples(selectors(), time_modifiers).map("".join)
ranges = st.tuples(selectors(), windows, time_modifiers).map(
    lambda parts: f"{parts[0]}[{parts[1]}]{parts[2]}"
)


VECTOR_FORMS = (
    "sum {grouping} ({labels}){space}({vector})",
    "max({space}{vector}) {grouping}({labels})",
    "topk(5,{space}{vector})",
    'label_replace({vector}, "path", "$1", "job", "(.*)")',
    "({space}{vector}{space})",
    "max_over_time(({vector})[1h:5m]{offset})",
    "-{space}({vector})",
    "({vector}){space} {operator} {number}",
    "({vector}) {set_operator} ({other})",
    "({vector}){space}/ {matching} ({other})",
)


@st.composite
def grow(draw: st.DrawFn, vectors: st.SearchStrategy[str]) -> str:
    """An instant vector around others."""
    return draw(st.sampled_from(VECTOR_FORMS)).format(
        grouping=draw(st.sampled_from(["by", "without", "BY"])),
        labels=draw(label_lists),
        space=draw(SPACES),
        vector=draw(vectors),
        other=draw(vectors),
        offset=draw(st.sampled_from(["", " offset 1m"])),
        operator=draw(st.sampled_from(["+", "-", "*", "/", ">", "== bool", "^"])),
        number=draw(numbers),
        set_operator=draw(st.sampled_from(["and", "or", "unless", "OR"])),
        matching=draw(st.sampled_from(["", "on(job)", "ignoring(path) group_left(code)", "on()"])),
    )


range_calls = st.tuples(st.sampled_from(["rate", "increase", "avg_over_time"]), ranges).map(
    lambda parts: f"{parts[0]}({parts[1]})"
)
expressions = st.recursive(st.one_of(instant_selectors, range_calls), grow, max_leaves=4)
