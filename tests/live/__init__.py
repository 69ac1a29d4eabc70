"""Tests of the generated PromQL with real apps, a real Prometheus and real load."""
