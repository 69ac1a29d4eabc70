"""Grafana's variables in queries, written out as Grafana does it for Prometheus."""
