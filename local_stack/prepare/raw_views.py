"""The landed records of databases in Trino: a view per table, over one table of all lines in bronze.

A view shows what the committed manifests list and nothing else. Nothing is registered per day: Trino
computes the days' folders, and each query reads the manifests.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from local_stack.errors import PreparationError
from local_stack.prepare.trino_cursor import trino_cursor
from local_stack.settings import Settings

if TYPE_CHECKING:
    from shopflow_assets.domain import Domain
    from spark_jobs.contracts.table import Table

BRONZE = "s3://datalake/bronze"
_SCHEMA = 'create schema if not exists "{schema}"'
_DROP = 'drop table if exists "{schema}"."{name}"'
# Lines of text, not Trino's JSON format: that ignores the case of keys, so an unknown column "Status" would
# replace `status`, and it takes a key `_col3` for its fourth column. Trino 476 cannot compute such folders
# from a column of type date.
_LINES = """\
create table "{schema}"."{name}" (
    line varchar,
    folder varchar with (partition_projection_type = 'INJECTED'),
    day varchar with (
        partition_projection_type = 'DATE',
        partition_projection_format = '''year=''yyyy''/month=''MM''/day=''dd',
        partition_projection_range = array['{start:year=%Y/month=%m/day=%d}', 'NOW']
    )
)
comment '{comment}'
with (
    format = 'TEXTFILE',
    external_location = '{bronze}',
    partitioned_by = array['folder', 'day'],
    partition_projection_enabled = true,
    partition_projection_location_template = '{bronze}/${{folder}}/${{day}}/'
)"""
# The date is computed below the join. So a filter on it prunes the objects' days and, as the days are joined,
# those of the manifests.
_VIEW = """\
create or replace view "{schema}"."{name}"
comment '{comment}' as
with listed as (
    select lines.day, '{bronze}/{folder}/' || lines.day || '/' || file.name as path
    from landed.lines as lines
    cross join unnest(
        cast(json_extract(lines.line, '$.files.{name}') as array(row(name varchar)))
    ) as file (name)
    where lines.folder = '{landings}' and lines."$path" like '%/{manifest}'
),

stored as (
    select
        day, cast(date_parse(day, 'year=%Y/month=%m/day=%d') as date) as partition_date, "$path" as path, line
    from landed.lines
    where folder = '{folder}'
),

records as (
    select stored.partition_date, cast(json_parse(stored.line) as map(varchar, varchar)) as record
    from stored
    inner join listed on stored.day = listed.day and stored.path = listed.path
)

select
    partition_date,
    {columns}
from records"""


@dataclass(frozen=True)
class _Relation:
    """A table or view as it is to be. The comment has a hash of the statements that create it."""

    schema: str
    name: str
    comment: str
    statements: tuple[str, ...]

    @classmethod
    def of(cls, schema: str, name: str, meaning: str, *statements: str, **parts: object) -> "_Relation":
        """The relation that the statements create when the parts are filled in."""
        parts |= {"schema": schema, "name": name, "bronze": BRONZE}
        meant = "".join(statement.format(comment=meaning, **parts) for statement in statements)
        comment = f"{meaning} [{hashlib.sha256(meant.encode()).hexdigest()[:12]}]"
        return cls(schema, name, comment, tuple(s.format(comment=comment, **parts) for s in statements))


def create(settings: Settings) -> None:
    """Create the views of all declared domains; needs Trino, and its user in MinIO."""
    from shopflow_assets.registry import DOMAINS

    create_for(settings, DOMAINS.values())


def create_for(settings: Settings, domains: Iterable["Domain"]) -> None:
    """Create what is missing, or was created by other statements.

    Raises:
        PreparationError: two databases want views of one name.
    """
    relations = [_lines(settings.start_date), *_views(domains)]
    with trino_cursor(settings, "bronze") as trino:
        comments = trino.execute(
            "select schema_name, table_name, comment from system.metadata.table_comments"
            " where catalog_name = 'bronze'"
        ).fetchall()
        present = {tuple(row) for row in comments}
        for relation in relations:
            if (relation.schema, relation.name, relation.comment) not in present:
                for statement in relation.statements:
                    trino.execute(statement).fetchall()


def _views(domains: Iterable["Domain"]) -> list[_Relation]:
    from shopflow_assets.sources.database.database import Database

    views: dict[str, _Relation] = {}
    for domain in domains:
        if isinstance(domain.source, Database):
            for table in domain.tables:
                name = f"{domain.source.raw_schema}.{table.rules.table}"
                if name in views:
                    raise PreparationError(
                        f"{table.name} cannot be bronze.{name} in Trino: a table of another database is."
                        f" Give the source of {domain.name} another `raw_schema`."
                    )
                views[name] = _view(domain.source.raw_schema, table)
    return list(views.values())


def _lines(start: date) -> _Relation:
    meaning = "Every line of every object in bronze, also if no manifest lists the object; ask for one folder"
    # The table only points to the objects, and they stay.
    return _Relation.of("landed", "lines", meaning, _SCHEMA, _DROP, _LINES, start=start)


def _view(schema: str, table: "Table") -> _Relation:
    from shopflow_assets.sources.database.landed.landed_day import MANIFEST, landings

    return _Relation.of(
        schema,
        table.rules.table,
        f"The records of {table.name} as they were landed, with all values as text",
        _SCHEMA,
        _VIEW,
        folder=table.rules.feed_folder,
        landings=landings(table.domain),
        manifest=MANIFEST,
        columns=",\n    ".join(f"element_at(record, '{name}') as \"{name}\"" for name in table.source_names),
    )
