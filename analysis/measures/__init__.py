"""Counts, matrices, alignment, agreement and the ledger; no text for print."""
