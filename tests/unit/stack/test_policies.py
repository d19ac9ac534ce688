"""Each engine's rights in MinIO, read from the policy files by MinIO's rules."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from local_stack.home import INFRA

ENGINES = ("dagster", "spark", "trino")


def statements(engine: str) -> list[dict[str, Any]]:
    return json.loads((INFRA / "minio" / "policies" / f"{engine}.json").read_text())["Statement"]


def may(engine: str, action: str, path: str) -> bool:
    resource = f"arn:aws:s3:::{path}"
    return any(
        f"s3:{action}" in statement["Action"] and any(fnmatchcase(resource, r) for r in statement["Resource"])
        for statement in statements(engine)
    )


def may_list(engine: str, bucket: str, prefix: str) -> bool:
    return any(
        "s3:ListBucket" in statement["Action"]
        and f"arn:aws:s3:::{bucket}" in statement["Resource"]
        and any(
            fnmatchcase(prefix, p)
            for p in statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", ["*"])
        )
        for statement in statements(engine)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_rights_are_given_one_by_one(engine: str) -> None:
    for statement in statements(engine):
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        assert "arn:aws:s3:::*" not in statement["Resource"]


RIGHTS = {
    ("dagster", "inbox/x"): "r",
    ("dagster", "datalake/bronze/x"): "rw",
    ("dagster", "datalake/bronze/ecommerce/year=2026/month=01/day=01/x.jsonl"): "rw",
    ("dagster", "datalake/bronze/shop/orders/year=2026/month=01/day=01/x.jsonl"): "rwd",
    ("dagster", "datalake/bronze/shop/landings/year=2026/month=01/day=01/manifest.json"): "rw",
    ("dagster", "datalake/silver/x"): "r",
    ("dagster", "datalake/_trino/x"): "",
    ("dagster", "logs/x"): "rwd",
    ("dagster", "warehouse/shop/orders/data/x"): "",
    ("dagster", "warehouse/shop/orders/metadata/x"): "r",
    ("spark", "inbox/x"): "",
    ("spark", "datalake/bronze/x"): "r",
    ("spark", "datalake/silver/x"): "rwd",
    ("spark", "datalake/_trino/x"): "",
    ("spark", "warehouse/x"): "",
    ("spark", "logs/x"): "",
    ("trino", "inbox/x"): "",
    ("trino", "datalake/bronze/x"): "r",
    ("trino", "datalake/silver/x"): "r",
    ("trino", "datalake/_trino/x"): "rwd",
    ("trino", "warehouse/x"): "rwd",
    ("trino", "logs/x"): "",
}


@pytest.mark.parametrize(("engine", "path"), RIGHTS)
def test_an_engine_has_the_least_rights(engine: str, path: str) -> None:
    actions = {"r": "GetObject", "w": "PutObject", "d": "DeleteObject"}
    allowed = "".join(letter for letter, action in actions.items() if may(engine, action, path))
    assert allowed == RIGHTS[engine, path]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_lists_only_what_it_reads(engine: str) -> None:
    for prefix in ("bronze/", "silver/", "_trino/"):
        assert may_list(engine, "datalake", prefix) == may(engine, "GetObject", f"datalake/{prefix}x")
