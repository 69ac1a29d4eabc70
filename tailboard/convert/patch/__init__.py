"""A dashboard's edit in the browser as a change of the Python definition that declares it."""
