"""Every query of documents and rules, parsed: the only place that parses PromQL."""
