"""Column lineage is found once per manifest, kept, and not taken for another manifest's."""

from pathlib import Path
from typing import Any

import dagster as dg

from shopflow_assets.gold.dbt.column_lineage import ColumnLineage

PRICE = {"price": {"name": "price", "data_type": "decimal(10,2)"}}
LINEAGE = dg.TableColumnLineage(
    {"price": [dg.TableColumnDep(dg.AssetKey(["silver", "shop", "lines"]), "price")]}
)


def _manifest(parse: str) -> dict[str, Any]:
    lines = {"relation_name": "silver.shop.lines", "columns": PRICE}
    reads = {"depends_on": {"nodes": ["source.lines"]}}
    return {
        "metadata": {"invocation_id": parse},
        "sources": {"source.lines": lines},
        "nodes": {
            "model.items": {"resource_type": "model", "columns": PRICE, **reads},
            "test.items": {"resource_type": "test", "columns": {}, **reads},
        },
    }


def test_the_hints_of_an_unknown_model_name_the_tables_that_it_reads(tmp_path: Path) -> None:
    lineage = ColumnLineage(_manifest("first"), tmp_path)
    assert lineage.of("model.items") is None
    parents = {"silver.shop.lines": {"columns": PRICE}}
    assert lineage.hints("model.items") == {"columns": PRICE, "parents": parents}
    assert lineage.hints("test.items") == {}


def test_the_next_run_knows_the_lineage_that_was_kept(tmp_path: Path) -> None:
    ColumnLineage(_manifest("first"), tmp_path).keep("model.items", LINEAGE)
    later = ColumnLineage(_manifest("first"), tmp_path)
    assert later.of("model.items") == LINEAGE
    # Without parents dagster-dbt looks for no lineage.
    assert later.hints("model.items") == {"columns": PRICE}


def test_lineage_is_not_known_after_the_project_was_parsed_again(tmp_path: Path) -> None:
    ColumnLineage(_manifest("first"), tmp_path).keep("model.items", LINEAGE)
    later = ColumnLineage(_manifest("second"), tmp_path)
    assert later.of("model.items") is None
    assert "parents" in later.hints("model.items")


def test_keeping_lineage_leaves_no_temporary_file(tmp_path: Path) -> None:
    ColumnLineage(_manifest("first"), tmp_path).keep("model.items", LINEAGE)
    assert [file.name for file in tmp_path.iterdir()] == ["column_lineage.json"]
