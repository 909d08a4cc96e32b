"""Trains the network that hears mouth shapes, from synthetic speech whose phoneme times are known."""
