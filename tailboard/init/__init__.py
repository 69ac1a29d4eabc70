"""What a program measures, and by which convention: what `tailboard init` knows of it."""
