"""A request as the handlers see it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.grafana.memory.access import User


@dataclass(frozen=True)
class Request:
    """What was asked, by whom."""

    method: str
    target: str
    headers: Mapping[str, str]
    raw: bytes
    user: User
    values: Sequence[str] = ()

    @property
    def path(self) -> str:
        """The address without its question."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The question."""
        return parse_qs(urlsplit(self.target).query)

    def read_parameter(self, name: str, default: str = "") -> str:
        """One value of the question."""
        return self.query.get(name, [default])[0]

    def read_number(self, name: str, default: int) -> int:
        """A number of the question."""
        return int(self.read_parameter(name, str(default)))

    @property
    def is_dry_run(self) -> bool:
        """Nothing may be stored."""
        return self.read_parameter("dryRun") == "All"

    def parse_body(self) -> Any:
        """The JSON that was sent, or None."""
        return json.loads(self.raw) if self.raw else None
