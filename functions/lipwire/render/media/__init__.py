"""Pictures and sound in and out: probe, decode, composite, encode."""
