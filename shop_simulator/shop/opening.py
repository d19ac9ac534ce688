"""Opens the shop with the fifteen months before its first simulated day."""

from pathlib import Path
from typing import TYPE_CHECKING

from shop_simulator.shop.database.notes import alone, commit_for_good, lived_until, plan, start_clock
from shop_simulator.shop.database.writing import Version, Writer
from shop_simulator.shop.plan.history import HISTORY_ENDS, history, rows_at_opening
from shop_simulator.shop.truth.versions import line_of
from shop_simulator.world import World

if TYPE_CHECKING:
    from psycopg import Connection


def open_shop(connection: "Connection", world: World, truth_dir: Path) -> None:
    """Write the history of the shop, in one transaction. Does nothing when the shop is open.

    Args:
        connection: Only for this, in autocommit mode, as the owner of the shop's and the simulator's empty
            tables.
        world: Seed and size.
        truth_dir: Where `shop/history.versions.jsonl` goes.
    """
    with alone(connection), connection.transaction():
        if lived_until(connection) is not None:
            return
        changes = sorted(history(world), key=lambda change: change.at)
        start_clock(connection, HISTORY_ENDS)
        plan(connection, HISTORY_ENDS.date(), (change for change in changes if change.at > HISTORY_ENDS))
        versions = Writer(connection).write(rows_at_opening(changes), HISTORY_ENDS)
        commit_for_good(connection)
        truth = truth_dir / "shop" / "history.versions.jsonl"
        truth.parent.mkdir(parents=True, exist_ok=True)
        with truth.open("wb") as lines:
            for table, _, _, key, row in versions:
                at = str((row or {})["updated_at"])
                lines.write(line_of(Version(table, "r", at, key, row)))
