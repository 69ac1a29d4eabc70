"""The version, where the package's metadata and the command line both read it."""

__version__ = "0.1.0"
