"""Forms of the desk, the own page and the secure links. They parse; the services judge."""
