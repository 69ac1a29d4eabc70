"""The servers that publishing is tested with: real Grafana, one in memory, recordings, faults."""
