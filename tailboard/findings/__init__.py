"""Findings of lint and check: what one is, which are excluded, and how code hosts read them."""
