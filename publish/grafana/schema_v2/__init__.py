"""Dashboards of schema v2: what they mean, and what people did in them."""
