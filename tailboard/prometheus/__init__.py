"""Asking a Prometheus, Mimir or Thanos: what each query gives, and why one gives nothing."""
