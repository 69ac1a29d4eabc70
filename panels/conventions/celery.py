"""What the conventions of Celery's exporters share."""

RETRY_CAUTION = "A task that is retried fails only once, at the end."
RUNTIME_CAUTION = "Failed tasks are not observed."
