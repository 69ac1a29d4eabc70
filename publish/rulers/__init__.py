"""Rule groups of services: into rulers with an API, into Grafana, and into Prometheus' files."""
