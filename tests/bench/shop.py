"""The shop's database: warm days from the stream to gold, after few days and many, and what landings cost."""

import resource
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

from tests.bench.measuring import Figures, measure
from tests.bench.showing import console, show
from tests.harness.lakehouse import days
from tests.harness.shop_source import ShopSource
from tests.harness.stack import Stack

# Orders a day; of the days in a range there are fewer, so that the bench ends.
ORDERS, FEWER_ORDERS = 5000, 1000
WARMING, WARM, AFTER_FEW = days(5), days(6)[5], days(7)[6]
THIRTY, OTHERS, AFTER_MANY = days(37)[7:], days(60)[37:], days(61)[60]
MANY, SMALL, LANDINGS = 100_000, 20, 288
ROWS = """
insert into shop.suppliers (supplier_id, name, country)
select {first} + number, 'Supplier ' || number, 'DE' from generate_series(1, {count}) as number"""


def shop_days(stack: Stack) -> None:
    """Measure days of the simulated shop, then landings of a database that only the bench changes."""
    for day in WARMING:
        _carry(stack, day)
    warm = _carry(stack, WARM)
    show(f"A warm day of the shop with {ORDERS:,} orders", {"landing to gold": warm})
    few = _carry(stack, AFTER_FEW, orders=FEWER_ORDERS)
    thirty = _carry(stack, *THIRTY, orders=FEWER_ORDERS)
    _carry(stack, *OTHERS, orders=FEWER_ORDERS)
    many = _carry(stack, AFTER_MANY, orders=FEWER_ORDERS)
    gold = [figures["step: gold, s"] for figures in (few, many)]
    show(
        f"Days of the shop with {FEWER_ORDERS:,} orders",
        {"after 6 days": few, "after 60 days": many, "thirty days in one run": thirty},
        f"The day after 60 days takes {many['whole run, s'] / few['whole run, s']:.2f} times as long as the"
        f" day after 6 (target 1.3), of it gold {gold[1] / gold[0]:.2f} times; thirty days in one run"
        f" {thirty['whole run, s'] / few['whole run, s']:.1f} times as long as one (target 6).",
    )
    _landings(stack)


def _carry(stack: Stack, *of_range: date, orders: int = ORDERS) -> Figures:
    first, last = of_range[0], of_range[-1]
    with console.status(f"simulating {first} to {last}"):
        stack.shopflow("simulate", f"{first}", f"{last}", "--only", "shop", "--shop-orders", f"{orders}")
    with console.status(f"carrying {first} to {last}"):
        return measure(stack, "shop", first, last)


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
