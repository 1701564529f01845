"""References, metadata and permanent addresses."""
