"""State machines, each read top to bottom in its file."""
