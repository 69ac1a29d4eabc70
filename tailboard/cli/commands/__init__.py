"""One command a file; `tailboard/cli/main.py` lists them."""
