"""What it costs to load a dashboard from recorded rates beside raw series: a real Prometheus."""
