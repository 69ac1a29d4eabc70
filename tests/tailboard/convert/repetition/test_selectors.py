"""Selectors and matchers that many queries have are said once, also in queries of several lines."""

import pytest

from tailboard.convert.conversion import convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel, place

SELECTOR = '{namespace="$namespace", pod=~"$pod"}'


def build_selector_panel(index: int, expression: str) -> Document:
    """A panel that has no shape in common with its neighbours."""
    expressions = [expression, *(f"up{number}" for number in range(index))]
    targets = [{"expr": text} for text in expressions]
    return build_panel(f"P{index}", targets=targets, gridPos=place(0, 8 * index, 12, 8))


def convert_queries(*expressions: str) -> str:
    """The definition of a panel for each query; it proves itself."""
    panels = [build_selector_panel(*entry) for entry in enumerate(expressions)]
    conversion = convert_dashboard(build_document(*panels))
    assert not conversion.differences
    return conversion.text


def test_a_selector_of_many_queries_is_a_constant_that_f_strings_use() -> None:
    expressions = [f"sum(requests_{index}{SELECTOR})" for index in range(4)]
    expressions.append(f"first{SELECTOR} / second{SELECTOR} + {'third' * 9} * {'fourth' * 8}")
    text = convert_queries(*expressions)
    assert f"SELECTOR = '{SELECTOR}'\n" in text
    assert 'f"sum(requests_1{SELECTOR})"' in text
    assert 'f"first{SELECTOR} / second{SELECTOR} "\n' in text


def test_constants_of_one_line_stand_together() -> None:
    selectors = (SELECTOR, f'{SELECTOR[:-1]}, phase="on"}}')
    text = convert_queries(*(f"up_{index}{selectors[index % 2]}" for index in range(8)))
    (block,) = (block for block in text.split("\n\n") if "PHASE_SELECTOR = " in block)
    assert "\nSELECTOR = " in f"\n{block.lstrip()}"


def test_selectors_are_named_for_their_labels() -> None:
    selectors = (SELECTOR, '{namespace="$namespace", cluster="$c", node="$node"}')
    text = convert_queries(*(f"up_{index}{selectors[index % 2]}" for index in range(8)))
    assert "{NAMESPACE_AND_POD_SELECTOR}" in text
    assert "{CLUSTER_SELECTOR}" in text or "{NODE_SELECTOR}" in text


def test_matchers_within_other_selectors_are_a_constant_too() -> None:
    labels = ("container", "image", "phase", "resource", "reason")
    expressions = [
        f'sum(up_{index}{{namespace="$namespace", pod=~"$pod", {label}="x"}})'
        for index, label in enumerate(labels)
    ]
    text = convert_queries(*expressions)
    assert """NAMESPACE_AND_POD = 'namespace="$namespace", pod=~"$pod"'\n""" in text
    assert """f'sum(up_2{{{NAMESPACE_AND_POD}, phase="x"}})'""" in text


def test_a_selector_that_narrows_the_main_one_uses_its_matchers() -> None:
    matchers = SELECTOR.strip("{}")
    narrower = f'up_4{{code="500", {matchers}}}'
    text = convert_queries(*(f"up_{index}{SELECTOR}" for index in range(4)), narrower)
    assert f"MATCHERS = '{matchers}'\n" in text
    assert 'SELECTOR = f"{{{MATCHERS}}}"\n' in text
    assert """f'up_4{{code="500", {MATCHERS}}}'""" in text


def test_matchers_are_no_part_of_a_longer_label() -> None:
    selector = '{pod="$pod"}'
    others = (f'down_{index}{{exported_{selector[1:-1]}, x="{index}"}}' for index in range(3))
    text = convert_queries(*(f"up_{index}{selector}" for index in range(3)), *others)
    assert f"SELECTOR = '{selector}'\n" in text
    assert "exported_{" not in text


def test_a_query_of_several_lines_uses_the_constant_within_them() -> None:
    text = convert_queries(*(f"sum(\n  rate(up_{index}{SELECTOR}[5m])\n)" for index in range(4)))
    assert (
        '            dedent(f"""\\\n'
        "                sum(\n"
        "                  rate(up_3{SELECTOR}[5m])\n"
        '                )"""),\n'
    ) in text


@pytest.mark.parametrize(
    "expression",
    [
        f'up{SELECTOR} / up{{job="x"}}',
        f"sum(\nup{SELECTOR}\n)",
        f'label_replace(up{SELECTOR}, "x", "{{}}", "", "")',
        f"up{SELECTOR} + ${{x}}",
        f"up{SELECTOR} # ⦃⦄",
        f'label_replace(up{SELECTOR}, "x", "$1", "y", "\\\\d")',
    ],
)
def test_other_braces_and_lines_of_a_query_stay(expression: str) -> None:
    assert "SELECTOR}" in convert_queries(*[expression] * 5)


def test_a_part_that_ends_a_line_keeps_its_braces() -> None:
    matchers, long_name = SELECTOR.removeprefix("{"), "depth" * 9
    expressions = [
        f'{long_name}_{index}{{x="{index}", {matchers}\nor {long_name}' for index in range(5)
    ]
    assert "{NAMESPACE_AND_POD}}}" in convert_queries(*expressions)


def test_a_variable_in_braces_is_no_selector() -> None:
    text = convert_queries(*["sum(up + ${a_variable_with_a_long_name_that_is_no_selector})"] * 5)
    assert "SELECTOR" not in text


def test_selectors_that_differ_in_spaces_are_one() -> None:
    spellings = (
        '{job="$job",pod=~"$pod"}',
        '{ job="$job", pod=~"$pod" }',
        '{job="$job" , pod=~"$pod",}',
    )
    text = convert_queries(
        *(f"up{spelling} + {number}" for number, spelling in enumerate(spellings))
    )
    assert """SELECTOR = '{job="$job", pod=~"$pod"}'\n""" in text
    assert 'f"up{SELECTOR} + 2"' in text


def test_the_spelling_of_most_selectors_is_that_of_all() -> None:
    spelling = SELECTOR.replace(", ", ",")
    text = convert_queries(f"up{SELECTOR}", f"down{spelling}", f"left{spelling}")
    assert f"SELECTOR = '{spelling}'" in text


def test_the_selector_that_most_others_contain_has_the_plain_name() -> None:
    selectors = (SELECTOR, f'{SELECTOR[:-1]}, phase="on"}}', f'{SELECTOR[:-1]}, code!="1"}}')
    text = convert_queries(*(f"up_{index}{selectors[index % 3]}" for index in range(12)))
    for name in ("up_3{SELECTOR}", "up_4{PHASE_SELECTOR}", "up_5{CODE_SELECTOR}"):
        assert name in text


def test_selectors_of_the_same_labels_are_named_for_variables_and_values() -> None:
    values = ('proxy=~"$frontend"', 'proxy=~"$backend"', 'proxy=~"a.*|b"')
    text = convert_queries(
        *(f'up_{index}{{{values[index % 3]}, service="$s"}}' for index in range(12))
    )
    for name in ("FRONTEND_SELECTOR", "BACKEND_SELECTOR", "PROXY_A_B_SELECTOR"):
        assert f"{{{name}}}" in text


def test_variables_use_the_selectors_of_panels() -> None:
    variable = {
        "name": "node",
        "type": "query",
        "query": f"label_values(up{SELECTOR.replace(', ', ',')}, node)",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
    }
    panels = [build_selector_panel(index, f"up_{index}{SELECTOR}") for index in range(4)]
    document = build_document(*panels)
    document["templating"]["list"].append(variable)
    conversion = convert_dashboard(document)
    assert not conversion.differences
    assert 'f"up{SELECTOR}"' in conversion.text or "(up{SELECTOR}, node)" in conversion.text


def test_a_selector_of_few_queries_stays_in_them() -> None:
    assert "SELECTOR" not in convert_queries(f"up{SELECTOR}", f"down{SELECTOR}")


def test_a_selector_of_several_lines_is_written_on_one_and_that_is_said() -> None:
    expression = 'sum(\n  up{\n    job="$job",\nqueue=~"$queue"\n,\nqueue!~"None"\n  }\n)'
    conversion = convert_dashboard(build_document(build_selector_panel(0, expression)))
    assert not conversion.differences
    assert 'up{job="$job", queue=~"$queue", queue!~"None"}' in conversion.text
    assert conversion.notes == ("selectors of several lines stand on one line in 1 query",)


@pytest.mark.parametrize(
    "expression",
    ['up{\n  job="x" # a comment\n}', 'up{\n job="x"\n', '{\n job="x"} |= "error"'],
)
def test_lines_that_mean_something_else_stay(expression: str) -> None:
    panel = build_selector_panel(0, expression)
    assert convert_dashboard(build_document(panel)).notes == ()
