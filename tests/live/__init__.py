"""Real apps, a real Prometheus and real load: what the generated PromQL is tried on."""
