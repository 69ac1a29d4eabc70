"""What reading and judging a program's metrics costs beside prometheus-client's parser."""
