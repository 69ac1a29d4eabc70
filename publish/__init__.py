"""Documents and rules out into the world, and back."""
