"""Codebook, coding passes, decisions, statements and events."""
