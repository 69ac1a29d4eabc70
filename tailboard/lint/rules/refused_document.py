"""A dashboard that `tailboard build` and `publish` refuse: some value has the wrong type.

Grafana expects an object, and there is a list; a panel has no type; a number cannot be written as
JSON. Two other rules report what build refuses besides: outside-grid the positions of panels,
refused-uid the uid.

Bad: `"fieldConfig": {"defaults": {"mappings": {"a": "b"}}}`
Good: `"fieldConfig": {"defaults": {"mappings": [], "unit": "s"}}`

Exclude it where the dashboard is never built or published by tailboard.
"""

from collections.abc import Iterator

from tailboard.dashboards.document import build_document, encode_document
from tailboard.dashboards.passes.check import check_document
from tailboard.dashboards.passes.modernize import modernize_document
from tailboard.dashboards.passes.place import place_panels
from tailboard.dashboards.passes.read import read_dashboard
from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.findings.finding import Place
from tailboard.lint.accepted_panels import accept_looks, replace_accepted_panels
from tailboard.lint.engine import LintRule
from tailboard.lint.rules import outside_grid
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    if "groups" in subject.json or subject.is_built:
        return
    try:
        with convert_shape_errors(subject.json):
            if subject.schema_v2 is not None:
                encode_document(build_document(subject.schema_v2))
                return
            shortened_document, looks = replace_accepted_panels(subject.json)
            document = read_dashboard(shortened_document)
            check_document(document)
            modernize_document(document)
            encode_document(document)
    except DefinitionError as error:
        yield (*_describe_error(error), subject.place)
        return
    try:
        with convert_shape_errors(subject.json):
            place_panels(document["panels"])
    except DefinitionError as error:
        if not any(True for _ in outside_grid.RULE.check_document(subject)):
            yield (*_describe_error(error), subject.place)
    else:
        accept_looks(looks)


def _describe_error(error: DefinitionError) -> tuple[str, str]:
    places = [place for place in error.location if not place.startswith("dashboard ")]
    return f"build refuses it: {': '.join([*places, error.problem])}", error.tip


RULE = LintRule(
    "refused-document",
    "error",
    "a dashboard that build refuses",
    __doc__,
    check_document=_check_document,
)
