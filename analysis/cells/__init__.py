"""What a notebook cell hands to its page."""
