"""Tests of panels/: queries, panels, conventions, and errors of definitions."""
