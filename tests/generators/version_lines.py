"""Lines of a change stream: deletes, truncates, and updates that did not send every column."""

from hypothesis import strategies as st

from spark_jobs.contracts.contract import SilverContract, names, source_columns
from spark_jobs.contracts.versions import OPERATION, UNCHANGED, VersionContract
from tests.generators.records import Record, good_record

# Columns that every line may have.
ABOUT = ("_pos", "_op", "_at", "_xid", "_old_key", "_unchanged")


def version_lines(contract: type[SilverContract]) -> list[Record]:
    """A line of each operation, and lines that lack something required or name it as unchanged."""
    if not issubclass(contract, VersionContract):
        return []
    full = good_record(contract, 70)
    key, required = _key(contract), _required(contract)
    lines = [full | {OPERATION: operation} for operation in "rcudt"]
    lines += [_only(full | {OPERATION: operation}, key) for operation in "rcudt"]
    lines += [_only(full | {OPERATION: operation}, []) for operation in "rcudt"]
    for name in required:
        lines += [full | {OPERATION: "u", name: ""}, full | {OPERATION: "u", name: "", UNCHANGED: name}]
    all_but_one = ",".join(required[1:])
    lines += [_only(full | {OPERATION: "u", UNCHANGED: named}, key) for named in (all_but_one, "x,y", ",")]
    # Each has a position of its own.
    return [line | {"_pos": good_record(contract, 70, n)["_pos"]} for n, line in enumerate(lines, 1)]


@st.composite
def drawn_version(draw: st.DrawFn, contract: type[SilverContract], texts: Record) -> Record:
    """The record as a line of any operation."""
    match draw(st.sampled_from("rcuudt")):
        case "d":
            return _only(texts | {OPERATION: "d"}, _key(contract))
        case "t":
            return _only(texts | {OPERATION: "t"}, [])
        case "u":
            some = st.lists(st.sampled_from(_required(contract)), max_size=2, unique=True)
            missing, named = draw(some), draw(some)
            texts |= dict.fromkeys(missing, "") if draw(st.booleans()) else {}
            named = missing if draw(st.booleans()) else named
            return texts | {OPERATION: "u", UNCHANGED: ",".join(named)}
        case operation:
            return texts | {OPERATION: operation}


def _only(texts: Record, kept: list[str]) -> Record:
    """The line with no columns of the table but these."""
    return {name: text if name in {*ABOUT, *kept} else "" for name, text in texts.items()}


def _key(contract: type[SilverContract]) -> list[str]:
    return [c.name for c in source_columns(contract) if "d" in c.required_for]


def _required(contract: type[SilverContract]) -> list[str]:
    """Columns that a whole row must have, beside its key."""
    return names(c for c in source_columns(contract) if c.required_for and "d" not in c.required_for)
