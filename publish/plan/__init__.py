"""The words of every plan: items with a state, what is permitted, what became of each."""
