"""The files of converted definitions: named like their dashboards, importable, each once."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tailboard.convert.conversion import Conversion
from tailboard.init.module_names import is_module_name

MAX_LENGTH = 60


def name_files(conversions: Iterable[Conversion], folder: Path) -> dict[PurePosixPath, Conversion]:
    """Each conversion by the name of its file; the uid is added where two titles are alike."""
    files: dict[PurePosixPath, Conversion] = {}
    for conversion in conversions:
        stem = _build_stem(conversion.title) or _build_stem(conversion.uid) or "dashboard"
        if is_module_name(stem, folder) or stem[0].isdigit():
            stem = f"dashboard_{stem}"
        path = PurePosixPath(f"{stem}.py")
        if path in files:
            path = PurePosixPath(f"{stem}_{_build_stem(conversion.uid)}.py")
        number = 1
        while path in files:
            number += 1
            path = PurePosixPath(f"{stem}_{number}.py")
        files[path] = conversion
    return files


def _build_stem(text: str) -> str:
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "_".join(re.findall(r"[a-z0-9]+", plain_text.lower()))[:MAX_LENGTH].strip("_")
