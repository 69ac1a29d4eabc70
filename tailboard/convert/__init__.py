"""From the JSON of a dashboard to the Python definition that builds the same document."""
