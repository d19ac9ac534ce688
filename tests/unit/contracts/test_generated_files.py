"""The strict reader finds in generated files exactly what was written into them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from shopflow_assets.errors import RefusedFileError
from shopflow_assets.sources.files.strict_reader import read_strictly
from spark_jobs.contracts.contract import SilverContract, source_columns
from spark_jobs.contracts.table import table_of
from tests.generators.contracts import CONTRACTS, IN_DEPTH
from tests.generators.files import every_odd_text, files
from tests.generators.generated_file import GeneratedFile, well_formed
from tests.generators.rule_table import LIMITS
from tests.oracle.silver import open_oracle, readable_sum

DAY = date(2026, 2, 1)
FILES_PER_COLUMN = 9


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("received") / "received"


@pytest.fixture(scope="module")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_oracle(LIMITS) as database:
        yield database


@pytest.mark.parametrize("contract", IN_DEPTH)
def test_a_generated_file_is_counted_as_it_was_written_or_refused(
    path: Path, oracle: duckdb.DuckDBPyConnection, contract: type[SilverContract]
) -> None:
    # More columns, more things that can go wrong.
    examples = FILES_PER_COLUMN * len(source_columns(contract))

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(file=files(contract))
    def check(file: GeneratedFile) -> None:
        _is_counted_as_it_was_written(path, oracle, contract, file)

    check()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_file_of_every_odd_text_is_counted_as_it_was_written(
    path: Path, oracle: duckdb.DuckDBPyConnection, contract: type[SilverContract]
) -> None:
    for file in every_odd_text(contract):
        _is_counted_as_it_was_written(path, oracle, contract, file)


def _is_counted_as_it_was_written(
    path: Path, oracle: duckdb.DuckDBPyConnection, contract: type[SilverContract], file: GeneratedFile
) -> None:
    path.write_bytes(file.body)
    if file.is_refused:
        with pytest.raises(RefusedFileError, match="expected"):
            read_strictly(path, Path(file.name).suffix, table_of(contract), DAY)
        return
    found = read_strictly(path, Path(file.name).suffix, table_of(contract), DAY)
    rows = well_formed(file)
    assert found.columns == file.columns
    assert (found.records, found.malformed) == (len(file.records), len(file.records) - len(rows))
    assert found.characters == {name: sum(len(row[name]) for row in rows) for name in file.columns}
    assert found.amount == readable_sum(oracle, contract, rows)
