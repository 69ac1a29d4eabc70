"""What tailboard costs beside its peers: `python -m benchmarks`, or `make bench`.

The same dashboards are written by `tailboard build`, by grafanalib's own encoder and by the
Foundation SDK. Every measurement runs in a child process of its own, and the contenders take
turns, so that whatever else the machine does hits all of them alike.

`python -m benchmarks.loading` is one part of it alone: what it costs to load a dashboard.
"""
