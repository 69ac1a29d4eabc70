"""Where definitions, rule files and the dashboards of a server use a name or a text."""
