"""The days that the tests of the road look at."""

from tests.harness.lakehouse import days

DAYS = days(3)
# The shop goes on alone.
SHOP_DAYS = days(10)
