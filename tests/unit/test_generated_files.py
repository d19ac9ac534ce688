"""The strict reader finds in generated files exactly what was written into them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from shopflow_assets.bronze.strict_reader import read_strictly
from shopflow_assets.errors import RefusedFileError
from spark_jobs.contracts.contract import names, source_columns
from spark_jobs.contracts.ecommerce import OrderLines
from tests.generators.files import FILES, GeneratedFile, every_odd_text, well_formed
from tests.generators.lines import COLUMNS
from tests.oracle.order_lines import readable_money

EXPECTED = source_columns(OrderLines)
DAY = date(2026, 2, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("received")


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=FILES)
@example(file=every_odd_text()[0])
@example(file=every_odd_text()[1])
def test_a_generated_file_is_counted_as_it_was_written_or_refused(folder: Path, file: GeneratedFile) -> None:
    path = folder / "received"
    path.write_bytes(file.body)
    if file.is_refused:
        with pytest.raises(RefusedFileError, match="expected"):
            read_strictly(path, Path(file.name).suffix, EXPECTED, "total_amount", DAY)
        return
    found = read_strictly(path, Path(file.name).suffix, EXPECTED, "total_amount", DAY)
    rows = well_formed(file)
    assert found.columns == file.columns
    assert (found.records, found.malformed) == (len(file.records), len(file.records) - len(rows))
    assert found.characters == {name: sum(len(row[name]) for row in rows) for name in file.columns}
    assert found.amount == Decimal(readable_money([row["total_amount"] for row in rows]))


def test_files_are_generated_for_the_contract_as_it_is() -> None:
    assert list(COLUMNS) == names(EXPECTED)
