"""How many dashboards of a collection come back from Python as they were."""
