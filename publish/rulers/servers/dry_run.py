"""A ruler that is only read: what would be written to it is remembered instead."""

from collections.abc import Sequence

from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup
from tailboard.publish.rulers.ruler import GroupStatuses, Ruler


class DryRunRuler:
    """Looks like the ruler after the writes, and leaves it unchanged."""

    notes: Sequence[str] = ()
    is_new_namespace = False
    has_proof = True

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        self._groups: dict[str, RuleGroup | None] = {}
        self.label = ruler.label
        self.address = ruler.address
        self.namespace = ruler.namespace
        self.max_concurrency = ruler.max_concurrency

    def build_stored_form(self, content: JsonObject) -> JsonObject:
        """As the ruler would store it."""
        return self._ruler.build_stored_form(content)

    def fetch_groups(self) -> dict[str, RuleGroup]:
        """The groups of the ruler, with what was written here."""
        groups = {**self._ruler.fetch_groups(), **self._groups}
        return {name: group for name, group in groups.items() if group is not None}

    def fetch_group(self, name: str) -> RuleGroup | None:
        """One group: what was written here, or what is there."""
        return self._groups[name] if name in self._groups else self._ruler.fetch_group(name)

    def write_group(self, group: RuleGroup, message: str) -> None:
        """Remember it."""
        self._groups[group.name] = group

    def delete_group(self, name: str) -> None:
        """Remember that it is gone."""
        self._groups[name] = None

    def commit(self) -> None:
        """Nothing: nothing was written."""

    def delete_empty_namespace(self) -> None:
        """Nothing: an empty namespace is none."""

    def put_back(self) -> bool:
        """Nothing: nothing was written."""
        return False

    def fetch_statuses(self) -> GroupStatuses | None:
        """Those of the ruler."""
        return self._ruler.fetch_statuses()

    @property
    def credential_notes(self) -> Sequence[str]:
        """Those of the ruler."""
        return self._ruler.credential_notes

    def close(self) -> None:
        """Nothing: the ruler is not ours."""
