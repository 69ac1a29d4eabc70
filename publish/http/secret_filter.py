"""The secrets of this run, and the one filter that removes them from a server's texts.

A server, or a proxy before it, may repeat a request in its answer. All that is printed, and what
run reports say of a server, passes `redact_secrets`.
"""

import re
from collections.abc import Iterable, Mapping

MIN_SECRET_LENGTH = 4
"""Shorter values are not redacted: they occur in ordinary words."""

PUBLIC_HEADERS = frozenset(
    {"accept", "host", "thanos-tenant", "user-agent", "x-grafana-org-id", "x-scope-orgid"}
)
"""Headers whose values are names, not secrets."""

REPLACEMENT = "***"

_forms: set[str] = set()


def clear_secrets() -> None:
    """Forget the secrets of an earlier run in this process."""
    _forms.clear()


def register_secrets(
    token: str = "", user: str = "", password: str = "", headers: Mapping[str, str] | None = None
) -> None:
    """Add what this run sends to a server to what `redact_secrets` removes."""
    values = {token, password}
    if user and password:
        import base64  # here, as in _list_forms, since every start of the program loads this module

        values.add(base64.b64encode(f"{user}:{password}".encode()).decode("ascii"))
    for name, value in (headers or {}).items():
        if name.lower() not in PUBLIC_HEADERS:
            values |= {value, value.split()[-1] if value.split() else ""}  # `Bearer TOKEN`
    _forms.update(_list_forms(values))


def redact_secrets(text: str) -> str:
    """The text with `***` in place of every secret, in any of its escaped forms."""
    forms = sorted((form for form in _forms if form in text), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, forms)), REPLACEMENT, text) if forms else text


def _list_forms(values: Iterable[str]) -> Iterable[str]:
    """Each value in the form that is sent, and in those of addresses, JSON, HTML and logs."""
    import html
    import json
    from urllib.parse import quote

    for value in values:
        if len(value) >= MIN_SECRET_LENGTH:
            yield from (value, " ".join(value.split()), quote(value, safe=""), quote(value))
            yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
            yield from (html.escape(value), repr(value)[1:-1])
