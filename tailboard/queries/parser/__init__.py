"""PromQL read as a tree, with places in its text: the only place that parses it."""
