"""One output format a file."""

from tailboard.publish.formats import alerting, api, import_, prometheusrule, provisioning, rules
from tailboard.publish.formats.format import File, Format, FormatOptions

FORMATS: tuple[Format, ...] = (
    api.FORMAT,
    import_.FORMAT,
    provisioning.FORMAT,
    rules.FORMAT,
    prometheusrule.FORMAT,
    alerting.FORMAT,
)

__all__ = ["FORMATS", "File", "Format", "FormatOptions"]
