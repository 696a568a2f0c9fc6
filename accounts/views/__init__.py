"""Pages about accounts and links."""
