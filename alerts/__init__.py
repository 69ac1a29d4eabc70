"""What wakes someone up: alert rules and recording rules from the same services as the panels."""
