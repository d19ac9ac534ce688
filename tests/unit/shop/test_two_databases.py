"""Two databases whose tables have the same names."""

import pytest

from local_stack.errors import PreparationError
from local_stack.prepare.raw_views import create_for
from local_stack.settings import Settings
from shopflow_assets.domains.shop import DOMAIN


def test_they_cannot_share_a_schema_of_raw_records() -> None:
    with pytest.raises(PreparationError, match=r"cannot be bronze\.raw\.customers in Trino.*`raw_schema`"):
        create_for(Settings(), [DOMAIN, DOMAIN])
