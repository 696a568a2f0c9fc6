"""Documents of this app: the Bureau note, the answer to the authority, the programme."""
