"""What a preview of many dashboards costs, with the data of a real Prometheus."""
