"""The cost of loading a dashboard from recorded rates beside raw series, in a real Prometheus."""
