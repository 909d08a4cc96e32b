"""The local cloud's emulator: MiniStack, and what it lacks for this system.

Each module beside this one holds one concern as a tuple `PATCHES`; `extension.py` lists them.
"""
