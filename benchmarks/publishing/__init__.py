"""What publishing costs beside a plain loop that posts every dashboard."""
