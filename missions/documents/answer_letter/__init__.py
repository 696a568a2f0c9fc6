"""Content of this document."""
