"""Routes that panels exclude: scrapes, health checks, and what gRPC's tools ask for."""

from tailboard.panels.matcher import avoids

HEALTH = ("/health", "/favicon.ico")
"""Health checks, and the icon that browsers request by themselves."""

SCRAPE_AND_HEALTH = ("/metrics", *HEALTH)
"""These and the scrape, for libraries that count the scrape as a request."""

GRPC_SERVICES = avoids("grpc[.](health|reflection)[.].*")
"""Of gRPC, all services but its own: health checks and server reflection."""

GRPC_HEALTH = ("grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch")
"""gRPC's health checks, for libraries whose route label carries the service too."""
