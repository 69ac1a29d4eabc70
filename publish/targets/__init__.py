"""Where a plan goes: a Grafana for the dashboards, a ruler for the rules, or both as one target."""
