"""HTTP: addresses, credentials, sessions with limits, retries and errors."""
