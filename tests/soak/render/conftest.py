"""The shared media, as the shorter tests find it."""

from tests.render.conftest import media

__all__ = ["media"]
