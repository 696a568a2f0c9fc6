"""The composition of a delegation as pure code (`docs/composition.md`): shares, model, criteria, clashes. No database."""
