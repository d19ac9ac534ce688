"""The days that the tests of the road are about."""

from tests.harness.lakehouse import days

DAYS = days(3)
