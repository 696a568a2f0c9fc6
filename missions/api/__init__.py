"""The API of the missions app."""
