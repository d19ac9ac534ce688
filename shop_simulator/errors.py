"""The errors of the simulator. Each says what was asked for, what is possible and what to do."""

from datetime import date


class SimulationError(ValueError):
    """The simulator cannot make what was asked for."""


class DayBeforeOpeningError(SimulationError):
    """A day before the shop opened was asked for."""

    def __init__(self, day: date, opening: date) -> None:
        """Name the day that was asked for and the first possible one."""
        super().__init__(f"no orders on {day}: the shop opens on {opening}; ask for {opening} or a later day")


class EmptyRangeError(SimulationError):
    """The last day is before the first one."""

    def __init__(self, start: date, end: date) -> None:
        """Name both days."""
        super().__init__(f"the range ends on {end}, before it starts on {start}; swap the two days")


class OrderCountError(SimulationError):
    """Less than one order per day was asked for."""

    def __init__(self, orders_per_day: int) -> None:
        """Name the count that was asked for."""
        super().__init__(f"orders per day must be at least 1, not {orders_per_day}")


class ShopNotOpenError(SimulationError):
    """Days of a shop were asked for that has not been opened."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__("the shop has not been opened: open it before it lives a day")


class ShopBusyError(SimulationError):
    """Another simulator is at work in the same database."""

    def __init__(self, seconds: int) -> None:
        """Say how long it was waited for."""
        super().__init__(
            f"another simulator has been living the shop's days for {seconds} seconds; wait until it ends"
        )


class ShopConnectionError(SimulationError):
    """The connection would put all days into one transaction."""

    def __init__(self) -> None:
        """Say how to connect."""
        super().__init__("the simulator commits every five minutes of the shop: connect with autocommit=True")
