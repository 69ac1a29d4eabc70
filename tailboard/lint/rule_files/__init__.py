"""Files with alert and recording rules, whoever loads them: Prometheus, its operator, Grafana."""

RULE_FILE_SUFFIXES = (".yaml", ".yml", ".rules")
