"""What looks at the live environment: one worker runs all of it."""
