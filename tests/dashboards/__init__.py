"""The documents: from dashboards as people write them to what Grafana stores."""
