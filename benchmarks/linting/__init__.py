"""The cost of linting dashboards beside building them."""
