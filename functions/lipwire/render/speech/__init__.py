"""From a voice to what a mouth does with it."""
