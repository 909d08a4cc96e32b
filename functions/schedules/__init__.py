"""schedules: thin entry points; the rules live in `lipwire.usecases`."""
