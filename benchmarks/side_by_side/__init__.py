"""The cost of `build --jobs`: many definitions, one after the other and side by side."""
