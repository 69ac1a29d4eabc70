"""Previews: copies of dashboards that a pull request changes, in a folder of their own."""
