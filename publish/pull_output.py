"""Writing what was pulled: each file whole or not at all, and nobody's work lost."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError


def write_files(folder: Path, files: Mapping[PurePosixPath, bytes], *, force: bool) -> list[str]:
    """The names of the files that were written; those that say the same already stay.

    Raises `OutputError` before anything is written: if a file says something else and not `force`,
    or would lie elsewhere than in the folder.
    """
    for name in files:
        if name.parts != (name.name,) or name.name == "..":
            raise OutputError(f"{str(name)!r} cannot be the name of a file in {folder}")
    try:
        changed_files = {
            folder / name: content
            for name, content in files.items()
            if not (folder / name).exists() or (folder / name).read_bytes() != content
        }
        if not force and (
            conflicts := sorted(str(path) for path in changed_files if path.exists())
        ):
            raise OutputError(
                f"{', '.join(conflicts[:3])} would be overwritten",
                tip="say --force if what is in Grafana is what you want, or name another --out.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in changed_files.items():
            temporary_path = path.with_name(f".{path.name}.tmp")
            temporary_path.write_bytes(content)
            temporary_path.replace(path)
    except OSError as error:
        raise OutputError(
            f"{error.filename or folder} cannot be written: {error.strerror}",
            tip="look at who may write there, or name another --out.",
        ) from error
    return sorted(str(path) for path in changed_files)
