"""The HTTP API of a Prometheus: requests, as many at once as it bears, and its answers."""
