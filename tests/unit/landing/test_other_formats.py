"""A file in another format than its name says is refused with the name of what it is."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from shopflow_assets.errors import RefusedFileError
from shopflow_assets.sources.files.strict_reader import read_strictly
from tests.unit.landing.lines_read import DAY, TABLE

ORDERS = [{"order_id": f"O-{n}", "brand": "a", "total_amount": "1.00"} for n in range(3)]
LINES = "".join(json.dumps(order) + "\n" for order in ORDERS)
CSV = "order_id,brand,total_amount\nO-1,a,1\n"


def _zip(name: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, CSV)
    return archive.getvalue()


def _parquet() -> bytes:
    content = io.BytesIO()
    pl.DataFrame(ORDERS).write_parquet(content)
    return content.getvalue()


OTHERS = {
    "a JSON array": {
        "on one line": json.dumps(ORDERS),
        "without anything in it": "[]",
        "over many lines": json.dumps(ORDERS, indent=2),
        "a line for each object": "[" + ",\n".join(map(json.dumps, ORDERS)) + "]",
        "brackets on lines of their own": "[\n" + ",\n".join(map(json.dumps, ORDERS)) + "\n]\n",
        "separators on lines of their own": "[\n" + "\n,\n".join(map(json.dumps, ORDERS)) + "\n]\n",
        "with a byte-order mark": "\ufeff" + json.dumps(ORDERS),
    },
    "JSON over several lines": {
        "one object": json.dumps(ORDERS[0], indent=4),
        "some objects": "\n".join(json.dumps(order, indent=1) for order in ORDERS),
        "an array in an object": json.dumps({"orders": ORDERS}, indent=2),
    },
    "XML": {
        "with a declaration": '<?xml version="1.0"?>\n<orders>\n<order id="O-1"/>\n</orders>\n',
        "without one": '<orders><order id="O-1"/></orders>',
    },
    "an HTML page": {
        "with its type": "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n",
        "without": "\n\n<html>\n</html>",
    },
    "a gzip archive": {"of lines": gzip.compress(LINES.encode())},
    "a ZIP archive": {"of one file": _zip("orders.csv")},
    "an Excel workbook": {"of today": _zip("[Content_Types].xml")},
    "a Parquet file": {"of polars": _parquet()},
    "text in UTF-16": {
        "with its mark": LINES.encode("utf-16"),
        "without its mark": LINES.encode("utf-16-le"),
        "with the high byte first": CSV.encode("utf-16-be"),
    },
}
EXPECT = {".csv": "CSV with a header, in UTF-8", ".jsonl": "one object a line, in UTF-8"}


def _refusal(path: Path, content: str | bytes, suffix: str) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RefusedFileError) as refusal:
        read_strictly(path, suffix, TABLE, DAY)
    return str(refusal.value)


@pytest.mark.parametrize("suffix", EXPECT)
@pytest.mark.parametrize(
    ("what", "content"),
    [
        pytest.param(what, content, id=f"{what} {name}")
        for what, examples in OTHERS.items()
        for name, content in examples.items()
    ],
)
def test_a_file_says_what_it_is(tmp_path: Path, what: str, content: str | bytes, suffix: str) -> None:
    assert _refusal(tmp_path / "received", content, suffix) == f"{what}; expected {EXPECT[suffix]}"


def test_json_and_csv_under_each_others_names_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "received"
    assert _refusal(path, LINES, ".csv") == f"JSON; expected {EXPECT['.csv']}"
    assert _refusal(path, CSV, ".jsonl") == f"text in columns; expected {EXPECT['.jsonl']}"


def test_a_file_of_json_lines_that_begins_with_an_array_is_read(tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_text("[]\n" + LINES)
    reading = read_strictly(path, ".jsonl", TABLE, DAY)
    assert (reading.records, reading.malformed) == (4, 1)
