"""What alerts cost, and when they fire, beside those of sloth: `python -m benchmarks.alerting`."""
