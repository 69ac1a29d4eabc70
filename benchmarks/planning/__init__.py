"""The requests of a plan: of many unchanged dashboards, and with one that changed."""
