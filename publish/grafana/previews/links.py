"""The links of a document that lead to dashboards, led to the copies of a preview instead."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.previews.preview import Preview

Document = dict[str, Any]

UID_FIELDS = frozenset({"dashboardUID", "dashboardUid", "dashboard_uid", "__dashboardUid__"})
"""The fields of panels, annotations and alerts that name a dashboard by its uid."""

LINK_FIELDS = frozenset({"url", "content", "description"})
"""The fields of a document in which people write links: of links and data links, and texts."""

QUERY_FIELDS = frozenset({"targets", "query", "queries", "data"})
"""The fields below which queries are, in either schema: their strings are no links."""

VARIABLE = r"\$\{[^{}\s]*\}|\$\w++"
LINK_PATTERN = re.compile(
    r"(?P<server>(?:[a-z][a-z0-9+.-]{0,20}:)?//[^\s\"'<>()?#]{0,300}?)?"
    r"(?P<path>(?:/|(?<![\w/.}-]))d(?:-solo)?/)"
    rf"(?P<uid>(?>(?:[a-zA-Z0-9_-]|{VARIABLE})+))(?![\w$])"
)
UID_PARAMETER_PATTERN = re.compile(
    r"(?P<name>[?&;]dashboard_?uid=)(?P<uid>[a-zA-Z0-9_-]+)(?![\w-])", re.IGNORECASE
)
VARIABLE_PATTERN = re.compile(VARIABLE)


@dataclass(frozen=True)
class CopiedDashboards:
    """Which of the declared dashboards a preview copies, and at which addresses Grafana is.

    `tags_by_uid` has the tags of every declared dashboard, `copied_uids` those with a copy.
    """

    preview: Preview
    tags_by_uid: Mapping[str, Collection[str]]
    copied_uids: frozenset[str]
    addresses: tuple[str, ...] = ()

    def rewrite_document(self, document: Document) -> Document:
        """The document with its links led to the copies, as far as there are some."""
        rewritten: Document = self._rewrite_value(document, "")
        links = rewritten.get("links")
        if isinstance(links, list):
            rewritten["links"] = [copy for link in links for copy in self._rewrite_menu(link)]
        return rewritten

    def _rewrite_value(self, value: Any, name: str) -> Any:
        if isinstance(value, Mapping):
            fields = {
                key: item if key in QUERY_FIELDS else self._rewrite_value(item, key)
                for key, item in value.items()
            }
            return self._rewrite_dashboard_list(fields)
        if isinstance(value, list):
            return [self._rewrite_value(item, "") for item in value]
        if not isinstance(value, str):
            return value
        if name in UID_FIELDS:
            return self.preview.build_uid(value) if value in self.copied_uids else value
        return self._rewrite_text(value) if name in LINK_FIELDS else value

    def _rewrite_text(self, text: str) -> str:
        """A link, or a text with links, of which those to this Grafana lead to the copies."""

        def replace_link(match: re.Match[str]) -> str:
            server, path, uid = match["server"] or "", match["path"], match["uid"]
            is_other_server = server and server.rstrip("/") not in self.addresses
            return match[0] if is_other_server else f"{server}{path}{self._rewrite_uid(uid)}"

        def replace_parameter(match: re.Match[str]) -> str:
            return f"{match['name']}{self._rewrite_uid(match['uid'])}"

        return UID_PARAMETER_PATTERN.sub(replace_parameter, LINK_PATTERN.sub(replace_link, text))

    def _rewrite_uid(self, uid: str) -> str:
        """The uid of the copy; of a uid with variables where each that it may be has a copy."""
        if uid in self.copied_uids:
            return self.preview.build_uid(uid)
        if not VARIABLE_PATTERN.search(uid):
            return uid
        pattern = re.compile(
            "[a-zA-Z0-9_-]+".join(re.escape(part) for part in VARIABLE_PATTERN.split(uid))
        )
        matching_uids = {name for name in self.tags_by_uid if pattern.fullmatch(name)}
        has_copies = bool(matching_uids) and all(
            name in self.copied_uids
            and self.preview.build_uid(name) == self.preview.build_readable_uid(name)
            for name in matching_uids
        )
        return self.preview.build_readable_uid(uid) if has_copies else uid

    def _rewrite_menu(self, link: Any) -> Sequence[Any]:
        """A menu of the dashboards with some tags: of their copies, and of those without one."""
        if not isinstance(link, Mapping) or link.get("type") != "dashboards":
            return [link]
        copies, is_complete = self._rewrite_tags(link.get("tags"))
        if not copies:
            return [link]
        if is_complete:
            return [{**link, "tags": copies}]
        title = self.preview.format_title(str(link.get("title") or ""))
        return [{**link, "tags": copies, "title": title}, link]

    def _rewrite_dashboard_list(self, fields: Document) -> Document:
        """The options of a panel that lists the dashboards with some tags."""
        is_list = "showSearch" in fields and "tags" in fields
        copies, is_complete = self._rewrite_tags(fields["tags"]) if is_list else ([], False)
        return {**fields, "tags": copies} if is_complete else fields

    def _rewrite_tags(self, tags: Any) -> tuple[list[str], bool]:
        """The tags of the copies with these tags, and whether each such dashboard has a copy."""
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags) or not tags:
            return [], False
        uids = [uid for uid, own_tags in self.tags_by_uid.items() if set(tags) <= set(own_tags)]
        copied_uids = [uid for uid in uids if uid in self.copied_uids]
        if not copied_uids:
            return [], False
        return [self.preview.format_tag(tag) for tag in tags], len(copied_uids) == len(uids)
