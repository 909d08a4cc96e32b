"""How good a finished video is: measured from its pixels and sound alone, as a stranger would."""
