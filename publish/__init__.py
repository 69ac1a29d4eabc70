"""The only package that touches files, network, environment and terminal."""
