"""Lipwire: a self-hosted lip-sync API."""

__version__ = "0.1.0"
