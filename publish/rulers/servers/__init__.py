"""What takes rule groups: rulers with an API, Grafana's own, a file that Prometheus loads."""
