"""The tests of all packages; folders mirror the packages."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository's root folder."""
