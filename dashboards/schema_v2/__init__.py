"""Schema v2 of a document: `elements` and `layout`, as Grafana stores what its browser saved."""
