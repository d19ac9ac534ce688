"""The shop's database: a warm day from the stream to the silver checks, and what landings cost."""

import resource
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

from tests.bench.measuring import Figures, measure
from tests.bench.showing import console, show
from tests.harness.lakehouse import days
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack

ORDERS = "5000"
WARMING, MEASURED = days(6)[:5], days(6)[5]
MANY, SMALL, LANDINGS = 100_000, 20, 288
ROWS = """
insert into shop.suppliers (supplier_id, name, country)
select {first} + number, 'Supplier ' || number, 'DE' from generate_series(1, {count}) as number"""


def shop_days(stack: Stack) -> None:
    """Measure a warm day of the simulated shop, then landings of a database that only the bench changes."""
    for day in WARMING:
        _carry(stack, day)
    warm = _carry(stack, MEASURED)
    show(f"A warm day of the shop with {ORDERS} orders", {"landing to silver checks (target 25 s)": warm})
    _landings(stack)


def _carry(stack: Stack, day: date) -> Figures:
    with console.status(f"simulating {day}"):
        stack.shopflow("simulate", f"{day}", f"{day}", "--only", "shop", "--shop-orders", ORDERS)
    with console.status(f"carrying {day}"):
        return measure(stack, "shop", day)


def _landings(stack: Stack) -> None:
    source, today = ShopSource(stack, "shop_bench"), datetime.now(UTC).date()
    source.create()
    try:
        # A real shop: its transactions have the time of their commits.
        source.execute("drop schema simulator cascade")
        source.land(today)
        idle = _cpu_of_children(lambda: source.land(today))
        source.execute(ROWS.format(first=0, count=MANY))
        many = _cpu_of_children(lambda: source.land(today)) - idle
        source.execute("truncate shop.suppliers cascade")
        costs = []
        for number in range(LANDINGS):
            source.execute(ROWS.format(first=number * SMALL, count=SMALL))
            costs.append(_cpu_of_children(lambda: source.land(today)))
    finally:
        source.drop()
    tenth, last = median(costs[7:12]), median(costs[-5:])
    show(
        "Landings of a database, CPU seconds of the landing's process",
        {
            "": {
                "one without changes (target 2)": idle,
                f"changes per CPU second, of {MANY:,} (target 20,000)": MANY / many,
                "the tenth of a day": tenth,
                f"the last of {LANDINGS}": last,
            }
        },
        f"The last takes {last / tenth:.2f} times as long as the tenth (target 1.5).",
    )


def _cpu_of_children(run: Callable[[], object]) -> float:
    """CPU seconds of the processes that ended meanwhile."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
