"""Pictures of the demo's dashboards, from a Grafana or drawn by `tailboard preview`."""
