"""What the values of a status label mean: success, failure, or a client's mistake.

HTTP's are those of every metric that declares no others, as gRPC's do. Every panel, objective, rule
and text about failures reads them.
"""

from itertools import permutations

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import GRAFANA_VARIABLE, Matcher, matches, one_of
from tailboard.panels.patterns import compile_pattern, find_pattern_problem, has_pattern_match
from tailboard.panels.record import record


@record
class StatusGroup:
    """Values of a status label that mean the same.

    Without a `matcher` these values are all of them; with one they are examples of what it selects.
    `label` is their common name, such as `5xx`.
    """

    values: tuple[str, ...]
    matcher: Matcher | None = None
    label: str = ""

    def __post_init__(self) -> None:
        values: object = self.values
        if not isinstance(values, tuple):
            raise DefinitionError(
                f"the statuses {values!r} are not a tuple of strings",
                tip='write each in quotes, and a comma behind a single one: StatusGroup(("OK",)).',
            )
        if not values:
            raise DefinitionError(
                "a group of statuses has no value",
                tip='name its values, as in StatusGroup(("INTERNAL", "UNKNOWN")); beside a '
                "matcher, an example of what it selects.",
            )
        for value in values:
            _check_value(value)
        _check_text(self.label, "the label of a group of statuses")
        declared_matcher: object = self.matcher
        if not isinstance(declared_matcher, Matcher | None):
            raise DefinitionError(
                f"the matcher of a group of statuses is {declared_matcher!r}",
                tip=f"write matches({str(declared_matcher)!r}) of tailboard.panels.matcher.",
            )
        matcher = self.build_matcher()
        if GRAFANA_VARIABLE.search(matcher.value):
            raise DefinitionError(
                f"the statuses {matcher.value!r} hold what Grafana takes for a variable",
                tip="select the dollar sign by another pattern: matches('[$]name').",
            )
        problem = find_pattern_problem(matcher.value) if "~" in matcher.op else ""
        if problem:
            raise DefinitionError(
                f"Prometheus refuses the pattern {matcher.value!r} of a group of statuses: "
                f"{problem}",
                tip="write it in RE2's syntax: https://github.com/google/re2/wiki/Syntax.",
            )
        for value in values:
            if not self.has_value(value):
                raise DefinitionError(
                    f"the status {value!r} is not one that {matcher.op}{matcher.value!r} selects",
                    tip="correct the matcher or its example.",
                )

    def build_matcher(self) -> Matcher:
        """The matcher that selects all of them."""
        return self.matcher or one_of(*self.values)

    @property
    def is_readable(self) -> bool:
        """Whether `has_value` is certain: some patterns can only be read by Prometheus."""
        matcher = self.build_matcher()
        return "~" not in matcher.op or compile_pattern(matcher.value) is not None

    def has_value(self, value: str) -> bool:
        """Whether a value is one of them; true where only Prometheus can tell."""
        matcher = self.build_matcher()
        is_negated = matcher.op.startswith("!")
        if "~" in matcher.op:
            return has_pattern_match(matcher.value, [value], is_negated=is_negated)
        return (value == matcher.value) != is_negated

    def describe(self) -> str:
        """Their common name, or all of them in words: completes "answered with"."""
        if self.label:
            return self.label
        if self.matcher is not None:
            return f"what {self.matcher.op}{self.matcher.value!r} selects"
        *first_values, last_value = self.values
        return f"{', '.join(first_values)} or {last_value}" if first_values else last_value


@record
class Statuses:
    """What the values of a status label mean; `name` is the protocol's.

    `client_errors` are failures that are the callers' own mistakes, `neutral` neither success nor
    failure. A value of no group counts as a request that did not fail.
    """

    name: str
    successes: StatusGroup
    failures: StatusGroup
    client_errors: StatusGroup | None = None
    neutral: StatusGroup | None = None

    def __post_init__(self) -> None:
        _check_text(self.name, "the name of statuses")
        if not self.name.strip():
            raise DefinitionError(
                "statuses without a name", tip='name their protocol, such as "gRPC".'
            )
        for group in (self.successes, self.failures, *self.list_groups()):
            _check_group(group, self.name)
        for group, other_group in permutations(self.list_groups(), 2):
            for value in group.values:
                if other_group.is_readable and other_group.has_value(value):
                    raise DefinitionError(
                        f"the status {value!r} of {self.name} has two meanings",
                        tip="leave it in one of successes, failures, client_errors and neutral.",
                    )

    def list_groups(self) -> list[StatusGroup]:
        """The groups that are declared."""
        groups = (self.successes, self.neutral, self.client_errors, self.failures)
        return [group for group in groups if group is not None]

    def has_value(self, value: str) -> bool:
        """Whether a value belongs to any group."""
        return any(group.has_value(value) for group in self.list_groups())

    @property
    def failure_name(self) -> str:
        """What legends and sentences call the requests that failed."""
        return self.failures.label or "failed calls"

    @property
    def client_error_name(self) -> str:
        """What legends and sentences call the mistakes of clients."""
        return (self.client_errors and self.client_errors.label) or "client errors"

    def describe_groups(self) -> str:
        """What fails and what clients got wrong, in one sentence."""
        client_errors = self.client_errors and f"; {self.client_errors.describe()} the clients'"
        return f"Failures are {self.failures.describe()}{client_errors or ''}."

    def describe_client_errors(self) -> str:
        """The clients' mistakes in words: completes "answered with"."""
        return self.client_errors.describe() if self.client_errors else self.client_error_name

    @property
    def failure_title(self) -> str:
        """The title of a panel of failures."""
        label = self.failures.label
        return f"Errors ({label})" if label else f"Failed calls ({self.name})"

    @property
    def failure_ratio_title(self) -> str:
        """The title of a panel of the share of failures over time."""
        label = self.failures.label
        return f"Error ratio ({label})" if label else f"Failed call ratio ({self.name})"

    @property
    def client_error_ratio_title(self) -> str:
        """The title of a panel of the share of clients' mistakes over time."""
        label = self.client_errors and self.client_errors.label
        return f"Client error ratio ({label or self.name})"


def _check_group(group: object, name: str) -> None:
    if not isinstance(group, StatusGroup):
        values = group if isinstance(group, tuple | list) else (group,)
        raise DefinitionError(
            f"the statuses of {name} hold {group!r}, which is not a group",
            tip=f"write StatusGroup({tuple(values)!r}).",
        )


def _check_value(value: object) -> None:
    _check_text(value, "a status")
    if not value:
        raise DefinitionError(
            "a status is empty, which Prometheus takes for no label at all",
            tip="name the values that the label has.",
        )


def _check_text(value: object, subject: str) -> None:
    if not isinstance(value, str):
        raise DefinitionError(
            f"{subject} is {value!r}, which is not a string",
            tip=f"write {str(value)!r} in quotes: labels hold text.",
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DefinitionError(
            f"{subject} is {value!r:.60}, which holds half a character",
            tip="look for text that was cut or decoded wrongly.",
        ) from error


HTTP_STATUSES = Statuses(
    "HTTP",
    successes=StatusGroup(("200",), matches("2..")),
    neutral=StatusGroup(("304",), matches("3..")),
    client_errors=StatusGroup(("404",), matches("4.."), "4xx"),
    failures=StatusGroup(("500", "5xx", "503"), matches("5.."), "5xx"),
)
"""Codes and, as some libraries write them, classes: `503` and `5xx`."""
