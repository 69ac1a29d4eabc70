"""The cost of starting tailboard beside an empty click program."""
