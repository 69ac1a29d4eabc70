"""Documents and rules as files, in a Grafana and in a ruler, and back from there."""
