"""The requests of `check --prometheus`: of many services, counted by a real Prometheus."""
