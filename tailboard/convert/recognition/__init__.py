"""Panels and dashboards that tailboard has ready, recognised in a document."""
