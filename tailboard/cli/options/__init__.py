"""What commands accept: their options, and what is meant where one is missing."""
