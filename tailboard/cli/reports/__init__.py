"""What commands print: reports, progress, and text that steers no terminal."""
