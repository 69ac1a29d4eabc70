"""Routes that panels exclude, for libraries whose route label carries paths."""

HEALTH = ("/health", "/favicon.ico")
"""Health checks, and the icon that browsers request by themselves."""

SCRAPE_AND_HEALTH = ("/metrics", *HEALTH)
"""These and the scrape, for libraries that count the scrape as a request."""
