"""Check: whether queries ask for metrics that are exposed, and whether those mislead."""
