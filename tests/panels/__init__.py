"""The panels: what they ask, what they show, what they refuse."""
