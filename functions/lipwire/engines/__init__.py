"""Engines, found by folder: each module here with a `SPEC` and a `build()` is one."""
