"""Pages of observers."""
