"""The two APIs of Grafana: requests to them, and what their answers mean."""
