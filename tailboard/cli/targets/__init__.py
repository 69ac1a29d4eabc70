"""Targets on the command line: their options, the plans for them, applying and verifying those."""
