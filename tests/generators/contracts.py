"""The contracts that tests take as parameters: all declared ones, and two that are not declared."""

from collections.abc import Iterable

import pytest

from shopflow_assets.registry import SILVER_TABLES
from spark_jobs.contracts.contract import Column, SilverContract, source_columns
from spark_jobs.contracts.table import table_of
from spark_jobs.contracts.versions import VersionContract
from tests.platform.post_domain.spark_jobs.contracts.post.parcels import Parcels
from tests.platform.post_domain.spark_jobs.contracts.post.scans import Scans


def parameters(contracts: Iterable[type[SilverContract]]) -> list:
    """The contracts as parameters of a test, each marked with its domain."""
    return [
        pytest.param(table.contract, id=table.name, marks=pytest.mark.domain(table.domain))
        for table in map(table_of, contracts)
    ]


def _in_depth(contracts: Iterable[type[SilverContract]]) -> list[type[SilverContract]]:
    """All contracts, but of those of versions only some, which together have every kind of column.

    A database has many tables of few kinds of columns, so a few of them stand for all.
    """
    kinds = {c: set(map(_kind, source_columns(c))) for c in contracts if issubclass(c, VersionContract)}
    chosen = [contract for contract in contracts if contract not in kinds]
    while any(kinds.values()):
        most = max(kinds, key=lambda contract: len(kinds[contract]))
        chosen.append(most)
        kinds = {contract: of_contract - kinds[most] for contract, of_contract in kinds.items()}
    return chosen


def _kind(column: Column) -> tuple:
    """What decides how a column is parsed and judged."""
    said = (f"{column.dtype}", column.spelling, bool(column.allowed), column.meaning)
    return *said, column.above is None, column.at_least is None, column.required_for


# A declared table is tested with no further work. The last two show that any contract can be tested.
_ALL = [*(table.contract for table in SILVER_TABLES), Parcels, Scans]
CONTRACTS, IN_DEPTH = parameters(_ALL), parameters(_in_depth(_ALL))
