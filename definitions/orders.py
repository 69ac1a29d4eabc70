"""The services of the demo: what `make dashboards` builds. Put your own definitions beside it."""

from tailboard.dashboards.library import business
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT, PROMETHEUS_CLIENT_JOBS, PUSHGATEWAY_JOBS

ORDERS = Service(
    "orders",
    selector={"job": "orders-api"},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999),
)
WORKER = Service(
    "orders worker", selector={"job": "orders-worker"}, convention=PROMETHEUS_CLIENT_JOBS
)
REPORTS = Service(
    "reports",
    selector={"job": "nightly-report"},
    convention=PUSHGATEWAY_JOBS,
    objectives=Objectives(job_age=120),  # the demo's night lasts 30 seconds
)

services = [ORDERS, WORKER, REPORTS]

dashboard = business(
    ORDERS,
    operations={"Orders": ("orders_created_total", {"outcome": "ok"})},
    funnel={
        step.capitalize(): ("shop_step_total", {"step": step})
        for step in ("view", "cart", "checkout", "paid")
    },
)
