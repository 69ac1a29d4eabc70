"""What a prometheus-client registry of this very process would expose."""

import contextlib
import importlib
import sys
from pathlib import Path
from typing import Any

from publish.errors import TailboardError
from publish.user_stdout import stdout_is_stderr


def exposed(registry: Any) -> list[bytes]:
    """The registry's metrics as text, line by line."""
    try:
        from prometheus_client import generate_latest
    except ImportError as error:
        raise TailboardError(
            "prometheus-client is not installed here, so there is no registry to ask",
            tip="run this where the application runs, or name its metrics with --metrics.",
        ) from error
    try:
        text: bytes = generate_latest(registry)
    except (AttributeError, TypeError) as error:
        raise TailboardError(
            f"a {type(registry).__name__} is not a registry of prometheus-client",
            tip="name the application's CollectorRegistry.",
        ) from error
    return text.splitlines(keepends=True)


def registry_named(name: str) -> Any:
    """The registry that `module:object` names, imported as Python would in this folder."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise TailboardError(
            f"{name!r} does not name a registry",
            tip="write module:object, as in app.main:REGISTRY.",
        )
    sys.path.insert(0, str(Path.cwd()))
    try:
        with contextlib.redirect_stdout(sys.stderr), stdout_is_stderr():
            found: Any = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
    except Exception as error:  # the application's own code runs, and may raise anything
        raise TailboardError(
            f"{name} cannot be imported: {type(error).__name__}: {error}",
            tip="run this in the application's folder and environment.",
        ) from error
    finally:
        sys.path.remove(str(Path.cwd()))
    return found
