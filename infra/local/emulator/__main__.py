"""Runs the emulator in the foreground: `python -m infra.local.emulator`."""

from importlib import import_module

from infra.local.emulator import extension
from infra.local.emulator.batch import runner


def main() -> None:
    """Serve until told to stop; jobs still running end with the emulator."""
    extension.apply()
    try:
        import_module("ministack.app").main()
    finally:
        runner.stop_all()


if __name__ == "__main__":
    main()
