"""Settings of the unit tests."""

from importlib.util import find_spec

# The renderer's environment, in which some of these run, has no hypothesis.
if find_spec("hypothesis"):
    from hypothesis import settings

    # A machine that does much else holds an example up for longer than any deadline that would mean something.
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")
