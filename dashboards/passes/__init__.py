"""From a dashboard to its document: one pass a file, in the order that document.py lists."""
