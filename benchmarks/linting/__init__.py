"""What judging dashboards costs beside building them."""
