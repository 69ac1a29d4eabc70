"""Lint: what is wrong in documents and rules, without a server."""
