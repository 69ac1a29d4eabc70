"""What is looked for: a name, exactly or with `*` for any characters, or a text."""

import re
from dataclasses import dataclass
from functools import cached_property

FAMILY_SUFFIXES = ("_bucket", "_sum", "_count")
"""What a histogram or a summary adds to its name."""

NO_METRIC = "a_name_that_no_metric_has"
"""A pattern that matches it, such as `.+`, is about all metrics."""


@dataclass(frozen=True)
class SearchPattern:
    """Names match as a whole, and metrics with the parts of their histogram; texts anywhere.

    Names are compared exactly, texts without regard to case. `*` stands for any characters.
    """

    text: str

    def is_name(self, name: str) -> bool:
        """Whether it is the name."""
        return self._name_pattern.fullmatch(name) is not None

    def is_metric(self, name: str) -> bool:
        """Whether it is the metric, or the histogram that a metric is a part of."""
        return self.is_name(name) or any(
            name.endswith(suffix) and self.is_name(name.removesuffix(suffix))
            for suffix in FAMILY_SUFFIXES
        )

    def is_in_name_pattern(self, pattern: str) -> bool:
        """Whether a regular expression for names of metrics matches it, and not all names."""
        if "*" in self.text:
            return False
        names = (self.text, *(f"{self.text}{suffix}" for suffix in FAMILY_SUFFIXES))
        try:
            return not re.fullmatch(pattern, NO_METRIC) and any(
                re.fullmatch(pattern, name) for name in names
            )
        except re.error:
            return False

    def find_text(self, text: str) -> re.Match[str] | None:
        """Where it stands in a text."""
        return self._text_pattern.search(text)

    @cached_property
    def _name_pattern(self) -> re.Pattern[str]:
        return re.compile(self._expression)

    @cached_property
    def _text_pattern(self) -> re.Pattern[str]:
        return re.compile(self._expression, re.IGNORECASE)

    @property
    def _expression(self) -> str:
        return r"[^\n]*?".join(map(re.escape, self.text.split("*")))
