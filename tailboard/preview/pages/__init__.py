"""Drawings as pages and pictures, and the server that shows them."""
