"""The grid on which Grafana places panels."""

GRID_COLUMNS = 24
