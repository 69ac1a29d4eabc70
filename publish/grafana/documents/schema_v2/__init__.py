"""Documents of schema v2: their normal form, and how two of them differ."""
