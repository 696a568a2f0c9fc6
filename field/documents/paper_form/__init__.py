"""A form on paper."""
