"""What an expression computes: its shape, its labels, its values, and what it asks for."""
