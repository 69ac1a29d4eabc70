"""A small shop to monitor: an API, a worker and a batch job, with Prometheus and Alertmanager.

The API responds in 78 ms on average and feels slow, because its P99 is 3.2 s: one list of orders
in ten reads a table without an index. `INDEXED=1` adds the index.
`python -m demo.run` starts everything on this machine, `docker-compose.yml` in containers.
"""
