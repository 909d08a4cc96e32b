"""One measured figure and the bar it should stay under."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Smaller is better, for all of them."""

    name: str
    value: float
    unit: str
    bar: float

    @property
    def holds(self) -> bool:
        """Whether the bar is kept."""
        return self.value <= self.bar

    def as_json(self) -> dict[str, object]:
        """As `out/bench.json` lists it."""
        return {**asdict(self), "value": round(self.value, 4), "holds": self.holds}
