"""The file of a definition with another text: the difference, and how it is written."""

import difflib
import errno
import io
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tailboard.publish.errors import OutputError
from tailboard.publish.manifest import TEMPORARY_PREFIX

SURROGATES = "surrogatepass"
"""How Python's own JSON reads what is no valid Unicode."""


@dataclass(frozen=True)
class TextChange:
    """A file's text before and after, and its encoding."""

    path: Path
    encoding: str
    old_text: str
    new_text: str

    def write(self, *, keeps_read_only: bool = False) -> None:
        """Put the new text in the file's place, all at once; its mode stays.

        With `keeps_read_only`, a file that its owner may not write is an OutputError.
        """
        path = self.path.resolve()
        try:
            if keeps_read_only and not path.stat().st_mode & stat.S_IWUSR:
                raise PermissionError(errno.EACCES, "it is read-only")
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
            temporary = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self.new_text.encode(self.encoding, SURROGATES))
                temporary.chmod(path.stat().st_mode)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror}",
                tip="look at its permissions and the free space.",
            ) from error

    def render_diff(self) -> str:
        """What changes, as `diff -u` writes it."""
        old, new = (io.StringIO(text).readlines() for text in (self.old_text, self.new_text))
        name = self.path.as_posix()
        lines = difflib.unified_diff(old, new, fromfile=name, tofile=name)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
