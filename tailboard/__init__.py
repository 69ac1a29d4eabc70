"""The program: it reads definitions, judges what they declare, and talks to people."""
