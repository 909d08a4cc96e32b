"""A box that breaks before it is closed: a library is missing, say."""

raise ImportError("no such library")
