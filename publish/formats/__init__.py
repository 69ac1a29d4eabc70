"""One output format a file."""

from tailboard.publish.formats import (
    alerting,
    api,
    import_,
    prometheusrule,
    provisioning,
    rules,
    v2,
)
from tailboard.publish.formats.format import File, Format, FormatOptions

FORMATS: tuple[Format, ...] = (
    api.FORMAT,
    import_.FORMAT,
    provisioning.FORMAT,
    v2.FORMAT,
    rules.FORMAT,
    prometheusrule.FORMAT,
    alerting.FORMAT,
)

__all__ = ["FORMATS", "File", "Format", "FormatOptions"]
