"""What tailboard costs beside its peers: `python -m benchmarks`, or `make bench`.

The same dashboards are written by `tailboard build`, by grafanalib's own encoder and by the
Foundation SDK. Every measurement runs in a child process of its own, and the tools take turns, so
that other load of the machine affects all of them alike.

`python -m benchmarks.loading` is one part alone: the cost of loading a dashboard.
"""
