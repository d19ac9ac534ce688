"""Named errors of the simulator: what was asked, what is possible, what to do."""

from datetime import date


class SimulationError(ValueError):
    """The simulator was asked for something that it cannot make."""


class DayBeforeOpeningError(SimulationError):
    """A day before the shop opened was asked for."""

    def __init__(self, day: date, opening: date) -> None:
        """Say which day was asked for and which is the first possible one."""
        super().__init__(f"no orders on {day}: the shop opens on {opening}; ask for {opening} or a later day")


class EmptyRangeError(SimulationError):
    """The last day lies before the first one."""

    def __init__(self, start: date, end: date) -> None:
        """Show both ends."""
        super().__init__(f"the range ends on {end}, before it starts on {start}; swap the two days")


class OrderCountError(SimulationError):
    """A day without orders was asked for."""

    def __init__(self, orders_per_day: int) -> None:
        """Show the count that was asked for."""
        super().__init__(f"orders per day must be at least 1, not {orders_per_day}")
