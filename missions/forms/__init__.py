"""Forms of the desk and of the secure links. They parse; the services judge."""
