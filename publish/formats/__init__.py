"""One output format a file."""

from publish.formats import api, import_, provisioning
from publish.formats.format import File, Format, Surroundings

FORMATS: tuple[Format, ...] = (api.FORMAT, import_.FORMAT, provisioning.FORMAT)

__all__ = ["FORMATS", "File", "Format", "Surroundings"]
