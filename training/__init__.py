"""Networks that Lipwire trains itself."""
