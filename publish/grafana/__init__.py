"""Into Grafana and back: what is stored there, what publishing would change, and changing it."""
