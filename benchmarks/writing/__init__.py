"""The cost of writing dashboards with tailboard, grafanalib and the Foundation SDK."""
