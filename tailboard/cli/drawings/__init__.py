"""What `tailboard preview` does: its options, its files, and the pages that it serves."""
