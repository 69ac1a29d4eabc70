"""The routes that people do not visit, where a library's route label carries paths."""

HEALTH = ("/health", "/favicon.ico")
"""Health checks and what browsers ask for by themselves."""

SCRAPE_AND_HEALTH = ("/metrics", *HEALTH)
"""These and the scrape, for libraries that count the scrape as a request."""
