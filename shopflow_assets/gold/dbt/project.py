"""Where the dbt project and its manifest are, and how Dagster names and shows dbt's nodes."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject
from dagster_shared.record import replace

from shopflow_assets.days.partitions import DAILY
from shopflow_assets.domain import group_of
from shopflow_assets.gold.dbt.data_classes import classified
from shopflow_assets.settings import settings

PROJECT_DIR = Path(__file__).parents[3] / "dbt_gold"


def target_dir() -> Path:
    """The folder where `shopflow up` puts dbt's manifest; each stack has its own."""
    return settings().home / "dbt" / "target"


@cache
def project() -> DbtProject:
    """The dbt project as Dagster knows it."""
    return DbtProject(PROJECT_DIR, target_path=target_dir(), profiles_dir=PROJECT_DIR)


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest that `shopflow up` made. It has half a megabyte, so a process reads it once."""
    return json.loads((target_dir() / "manifest.json").read_text())


class GoldTranslator(DagsterDbtTranslator):
    """Asset keys are [layer, schema, table]; groups are layers of a domain; every test reports per day."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The default spec, plus the layer's kinds and owner."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        materialized = manifest["nodes"].get(unique_id, {}).get("config", {}).get("materialized")
        kind = "view" if materialized == "view" else "iceberg"
        return spec.replace_attributes(
            kinds={"dbt", "trino", kind}, owners=["team:data-platform"], partitions_def=DAILY
        )

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """The default metadata, with the columns' data classes."""
        columns, classes = dbt_resource_props["columns"], classified(dbt_resource_props)
        tags = {name: {"data_class": classes[name].data_class} for name in columns}
        shown = [
            dg.TableColumn(name, column["data_type"], column["description"], tags=tags[name])
            for name, column in columns.items()
        ]
        return {**super().get_metadata(dbt_resource_props), "dagster/column_schema": dg.TableSchema(shown)}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Sources are silver tables, models are gold tables."""
        layer = "silver" if dbt_resource_props["resource_type"] == "source" else "gold"
        return dg.AssetKey([layer, dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The group that dbt_project.yml gives a folder of models, else the whole gold of the domain."""
        return super().get_group_name(dbt_resource_props) or group_of(dbt_resource_props["schema"], "gold")

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's description; dagster-dbt would add its SQL."""
        return dbt_resource_props.get("description") or super().get_description(dbt_resource_props)

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """The default spec with the test's description and daily partitions, which dagster-dbt leaves out."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return replace(spec, description=manifest["nodes"][unique_id]["description"], partitions_def=DAILY)
