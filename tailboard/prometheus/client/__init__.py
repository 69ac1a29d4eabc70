"""The HTTP API of a Prometheus: requests, as many at once as the server bears, and answers."""
