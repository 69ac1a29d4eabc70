"""What programs expose: expositions, registries, buckets, series."""
