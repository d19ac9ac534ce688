"""Where `shopflow diff` looks for the versions of a table."""

from pathlib import Path

import pytest

from local_stack.errors import QueryError
from local_stack.home import Home
from local_stack.settings import Settings
from shopflow_cli.diff.table_versions import iceberg_span


def test_a_catalog_that_does_not_answer_is_one_message(tmp_path: Path) -> None:
    home = Home(tmp_path)
    # None of them is a port of a stack that runs on this machine.
    nobody_listens = {name: 1 for name in Settings.model_fields if name.endswith("_port")}
    Settings.load_or_make(home.env_file).model_copy(update=nobody_listens).save(home.env_file)
    with pytest.raises(QueryError, match=r"Iceberg's records of shop\.orders cannot be read"):
        iceberg_span(home, "shop", "orders", {"20260101_000000_00000_aaaaa"})
