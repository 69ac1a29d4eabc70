"""The cost of publishing beside a plain loop that posts every dashboard."""
