"""Files as an unknown sender may write them: drawn records of a contract in many notations.

The records are drawn first and written afterwards, so what each file holds is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from spark_jobs.contracts.contract import SilverContract, names, source_columns
from spark_jobs.contracts.versions import VersionContract
from tests.generators.cases import cases
from tests.generators.drawn import clashes, drawn_records
from tests.generators.drawn_json import as_lines, json_files
from tests.generators.generated_file import GeneratedFile, masks, of_records
from tests.generators.no_object import no_objects
from tests.generators.records import good_record
from tests.generators.version_lines import version_lines

ORDERS = ("sorted", "as agreed", "reversed")
# Lines, each with its number of fields.
RAGGED = {"   ": 1, '""': 1, "C-1,Ada": 2, '"1,\n""Main"" Road",5" nail,': 3, "," * 30: 31, "\t,": 2}


@st.composite
def csv_files(draw: st.DrawFn, contract: type[SilverContract], name: str = "a.csv") -> GeneratedFile:
    """CSV in any form that can be read correctly, with blank lines and lines of too few or many fields."""
    agreed = names(source_columns(contract))
    order = draw(st.sampled_from(ORDERS))
    columns = {"sorted": sorted(agreed), "reversed": agreed[::-1]}.get(order, agreed)
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    lines = [_csv_line(draw, columns)]
    records: list[dict[str, str] | None] = []
    for texts in draw(drawn_records(contract)):
        is_merged = _holds_a_record(texts.values(), len(columns))
        records.append(None if is_merged else {column: texts[column] for column in columns})
        lines.append(_csv_line(draw, [texts[column] for column in columns]))
        match draw(st.integers(0, 9)):
            case 0:
                ragged = [line for line, fields in RAGGED.items() if fields != len(columns)]
                lines.append(draw(st.sampled_from([*ragged, lines[-1] + ","])))
                records.append(None)
            case 1:
                lines.append("")
    text = "".join(line + draw(st.sampled_from(ends)) for line in lines)
    if len(lines) > 1 and draw(st.booleans()):
        text = text.rstrip("\r\n")
    # A carriage return at the end of a record belongs to the line end.
    last = columns[-1]
    kept = tuple(r and {**r, last: r[last].rstrip("\r")} for r in records)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return of_records(name, (mark + text).encode(), columns, kept)


def _holds_a_record(texts: Iterable[str], width: int) -> bool:
    """One of the texts looks as if a stray quote had put a line of this many fields into it."""
    return any(len(text.split("\n")) > 1 and len(text.split(",")) >= width for text in texts)


def _csv_line(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """Texts with quotes where they are needed and, sometimes, where they are allowed."""
    quoted = draw(masks(len(texts)))
    return ",".join(
        _in_quotes(text) if quoted >> n & 1 or set(text) & set(',"\r\n') else text
        for n, text in enumerate(texts)
    )


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@st.composite
def refused_files(draw: st.DrawFn, contract: type[SilverContract]) -> GeneratedFile:
    """A file with one fault that makes it unreadable."""
    good = draw(csv_files(contract))
    columns = names(source_columns(contract))
    head, line = ",".join(columns), ",".join("x" * len(columns))
    fault = draw(st.integers(0, 8))
    body = [
        b"",
        f'{head}\n{line}\n"never closed\n'.encode(),
        f"{head}\n".encode() + b"L\xf6we" + f"{line}\n".encode(),
        f"{head},coupon\n{line}\n".encode(),
        f"{','.join([columns[0], *columns[:-1]])}\n{line}\n".encode(),
        f"{','.join(columns[:-1])}\n{line}\n".encode(),
        f"\n{head}\n{line}\n".encode(),
        f"{head}\n{line.replace('x,x', 'x' + chr(13) + 'x,x', 1)}\n".encode(),
        b"\x1f\x8b\x08\x00" + good.body,
    ][fault]
    return GeneratedFile("c.csv", body, good.columns, (), is_refused=True)


def every_odd_text(contract: type[SilverContract]) -> list[GeneratedFile]:
    """Each odd text in its own record, and each clash of records: drawn files may miss some of them.

    Every record is in two files.
    """
    columns = names(source_columns(contract))
    odd = enumerate(cases(contract), 100)
    records = [good_record(contract, n) | {case.column: case.text or ""} for n, case in odd]
    records += clashes(contract)
    records += version_lines(contract)
    head = ",".join(columns)
    rows = "".join(",".join(map(_in_quotes, record.values())) + "\n" for record in records)
    # A carriage return at the end of a record belongs to the line end.
    last = columns[-1]
    kept = tuple(
        None if _holds_a_record(record.values(), len(columns)) else record | {last: record[last].rstrip("\r")}
        for record in records
    )
    broken = no_objects(contract)
    objects = "\n".join([*as_lines(contract, records), *broken])
    nothing = (None,) * len(broken)
    in_json = GeneratedFile("every.jsonl", objects.encode(), tuple(columns), (*records, *nothing))
    if not arrives_as_csv(contract):
        return [in_json, replace(in_json, name="again.jsonl")]
    return [GeneratedFile("every.csv", f"{head}\n{rows}".encode(), tuple(columns), kept), in_json]


def arrives_as_csv(contract: type[SilverContract]) -> bool:
    """Versions of rows are landed as JSON lines only."""
    return not issubclass(contract, VersionContract)


def files(contract: type[SilverContract]) -> st.SearchStrategy[GeneratedFile]:
    """A file of any kind."""
    if not arrives_as_csv(contract):
        return json_files(contract)
    return st.one_of(csv_files(contract), json_files(contract), refused_files(contract))


def deliveries(contract: type[SilverContract]) -> st.SearchStrategy[list[GeneratedFile]]:
    """The files of one day, rarely with one that must be refused."""
    if not arrives_as_csv(contract):
        drawn = st.tuples(json_files(contract, "a.jsonl"), st.none() | json_files(contract))
    else:
        seldom = st.integers(0, 3).flatmap(lambda n: st.none() if n else refused_files(contract))
        drawn = st.tuples(csv_files(contract), st.none() | json_files(contract), seldom)
    return drawn.map(lambda files: [file for file in files if file])
