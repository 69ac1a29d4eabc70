"""Documents of dashboards: our marks in them, their normal form, and how two of them differ."""
