"""Which tables a backfill of one domain takes."""

import pytest

from local_stack.errors import DomainError
from shopflow_cli.runs.asset_selection import of_domain
from shopflow_cli.runs.dagster_api import AssetJob

OF_TWO_DOMAINS = AssetJob("repository", "location", "job", (("gold", "post", "a"), ("gold", "shop", "b")))


def test_a_backfill_of_one_domain_takes_its_tables_alone() -> None:
    assert of_domain(OF_TWO_DOMAINS, "shop").assets == (("gold", "shop", "b"),)


def test_a_domain_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(DomainError, match=r"no domain 'shp'; there are: post, shop"):
        of_domain(OF_TWO_DOMAINS, "shp")
