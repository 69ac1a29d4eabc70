"""What publishing is tested against: a real Grafana, one in memory, recorded exchanges, faults."""
