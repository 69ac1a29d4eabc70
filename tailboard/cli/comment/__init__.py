"""The comment on a pull request: what it would change, and what to look at."""
