"""Metrics, labels and units renamed in definitions and rule files."""
