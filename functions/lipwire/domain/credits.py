"""Money: integer milli-credits. What a render costs stands in `prices.py`, how credits move in `ledger.py`."""

from typing import Final, NewType

#: One credit is 1,000 of these. Never a float, anywhere.
Millicredits = NewType("Millicredits", int)

#: Owners are told when less than this is left: a minute of output where a second costs a credit.
LOW_BALANCE: Final = Millicredits(60_000)

#: Held when a job is created before its voice has been looked into; `ValidateSources` fits it to the real length.
PROVISIONAL_SECONDS: Final = 5
