"""The cost of `tailboard check --metrics` beside prometheus-client's parser."""
