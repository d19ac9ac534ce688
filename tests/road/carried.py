"""The days that the tests of the road look at."""

from tests.harness.lakehouse import days

DAYS = days(3)
