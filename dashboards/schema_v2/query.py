"""Queries and their data sources: in schema v2 one kind for panels, variables and annotations.

Versions from v2beta1 on write `{"kind": "DataQuery", "group": TYPE, "datasource": {"name": UID}}`;
v2alpha1 has the type as the kind, and the data source beside the query.
"""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.values import read_object, read_text

JsonObject = Mapping[str, Any]
JsonDict = dict[str, Any]

QUERY_KIND = "DataQuery"
QUERY_VERSION = "v0"
TEXT_QUERY_FIELD = "__legacyStringValue"
"""Where a query that is text stands in the object that schema v2 has for every query."""


def build_query(fields: JsonObject, data_source: object) -> JsonDict:
    """The query of schema v2 that has these fields and asks this data source of schema v1."""
    query: JsonDict = {
        "group": _find_source_type(data_source),
        "kind": QUERY_KIND,
        "spec": dict(fields),
        "version": QUERY_VERSION,
    }
    if uid := _find_source_uid(data_source):
        query["datasource"] = {"name": uid}
    return query


def find_query_fields(query: object) -> JsonDict:
    """The fields of a query but for its data source; a text query is in `query`."""
    fields = dict(read_object(read_object(query).get("spec")))
    if TEXT_QUERY_FIELD in fields:
        fields["query"] = fields.pop(TEXT_QUERY_FIELD)
    return fields


def find_data_source(query: object, holder: object = None) -> JsonDict | None:
    """The data source of a query as schema v1 refers to it; None where it names none.

    `holder` is what the query stands in, where v2alpha1 has the reference.
    """
    query_kind, reference = read_object(query), read_object(read_object(holder).get("datasource"))
    kind = query_kind.get("kind")
    source_type = query_kind.get("group") if kind in (QUERY_KIND, None) else kind
    source_type = reference.get("type") or source_type
    uid = read_object(query_kind.get("datasource")).get("name") or reference.get("uid")
    data_source = {
        name: value
        for name, value in (("type", read_text(source_type)), ("uid", read_text(uid)))
        if value
    }
    return data_source or None


def _find_source_type(data_source: object) -> str:
    return read_text(read_object(data_source).get("type"))


def _find_source_uid(data_source: object) -> str:
    if isinstance(data_source, str):
        return data_source
    return read_text(read_object(data_source).get("uid"))
