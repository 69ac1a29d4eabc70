"""Definitions: from a Python or JSON file to what it declares, and one build over all of them."""
