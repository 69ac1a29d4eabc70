"""Texts of others without what would steer a page, or stop what draws it."""

import re
from collections.abc import Mapping
from typing import Any

CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
"""What would steer a page or turn its text around; a right-to-left word does not."""


def clean_text(text: str) -> str:
    """A text without control characters."""
    return CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)


def clean_texts(value: Any) -> Any:
    """The same for every text of a JSON value."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): clean_texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_texts(item) for item in value]
    return value
