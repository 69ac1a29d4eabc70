"""The data of panels: their queries, where results come from, and how fields are shown."""
