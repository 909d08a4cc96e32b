"""Stacks by life-cycle: what is deployed, changed and lost together."""
