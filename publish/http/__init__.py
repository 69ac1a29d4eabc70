"""Talking to a server over HTTP: where it is, who asks, how patiently, and what went wrong."""
