"""Drawing dashboards from their documents, without a Grafana."""
