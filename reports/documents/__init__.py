"""Documents of this app: content builders by kind; the engine is `core.documents`."""
