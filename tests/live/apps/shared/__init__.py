"""What the apps have in common, so that each of them is about its instrumentation only."""
