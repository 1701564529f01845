"""Reading files and telling faults; knows nothing of articles."""
