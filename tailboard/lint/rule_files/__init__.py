"""Files with alert and recording rules, whoever loads them: Prometheus, its operator, Grafana."""
