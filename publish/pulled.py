"""Writing what was pulled: each file whole or not at all, and nobody's work lost."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError


def write(folder: Path, files: Mapping[PurePosixPath, bytes], *, force: bool) -> list[str]:
    """The names of the files that were written; those that say the same already stay.

    Raises `OutputError` before anything is written: if a file says something else and not `force`,
    or would lie elsewhere than in the folder.
    """
    for name in files:
        if name.parts != (name.name,) or name.name == "..":
            raise OutputError(f"{str(name)!r} cannot be the name of a file in {folder}")
    try:
        changed = {
            folder / name: content
            for name, content in files.items()
            if not (folder / name).exists() or (folder / name).read_bytes() != content
        }
        if not force and (others := sorted(str(it) for it in changed if it.exists())):
            raise OutputError(
                f"{', '.join(others[:3])} would be overwritten",
                tip="say --force if what is in Grafana is what you want, or name another --out.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in changed.items():
            temporary = path.with_name(f".{path.name}.tmp")
            temporary.write_bytes(content)
            temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"{error.filename or folder} cannot be written: {error.strerror}",
            tip="look at who may write there, or name another --out.",
        ) from error
    return sorted(str(it) for it in changed)
