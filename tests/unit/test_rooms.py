"""Which room may import which, that rooms stay small, and that derived files are what their sources say."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {"shopflow_cli", "local_stack", "shopflow_assets", "shop_simulator", "spark_jobs"}
MAY_IMPORT = {
    "shopflow_cli": {"local_stack", "shopflow_assets", "shop_simulator", "spark_jobs"},
    "local_stack": {"shopflow_assets", "spark_jobs"},
    "shopflow_assets": {"spark_jobs"},
    "shop_simulator": set(),
    "spark_jobs": set(),
}
FORBIDDEN = {
    "spark_jobs": {"dagster"},
    "spark_jobs/contracts": {"dagster", "pyspark"},
    "shop_simulator": {"dagster", "pyspark"},
}
# What reads a contract's model. Other code takes the table that a contract was resolved to.
OF_CONTRACTS = {"Contract", "SilverContract", "columns", "source_columns", "table_rules"}
RESOLVES_CONTRACTS = ROOT / "spark_jobs" / "contracts", ROOT / "spark_jobs" / "silver_table.py"
CODE = [*sorted(ROOMS), "tests"]
# A domain that is copied over a copy of the code: its modules are imported from there only.
COPIED = ROOT / "tests" / "platform" / "post_domain"

MOST_LINES = 200
MOST_LINES_OF_README = 150
MOST_FILES = 15
LARGE_FOLDERS = {"dbt_gold/models/ecommerce": "the marketplace's marts, which are one group in Dagster"}
NAMESAKES = {
    "conftest": "pytest's own name",
    "good_rows": "each domain's, found by its name",
    "test_order_of_arrival": "the same law for each domain",
    "test_generated_files": "the same generated files, read by the strict reader and by Spark",
}


def _python_files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if not path.is_relative_to(COPIED))


def _imported(node: ast.AST) -> Iterator[str]:
    """The full names that an import statement may import: of `from a import b`, both `a` and `a.b`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imported_packages(folder: str) -> set[str]:
    """The packages that any import in a folder names, also an import within a function."""
    nodes = (node for path in _python_files(folder) for node in ast.walk(ast.parse(path.read_text())))
    return {name.partition(".")[0] for node in nodes for name in _imported(node)}


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that Python executes while it imports a module."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield from _run_at_import(child)


def _imports_between_modules() -> dict[str, set[str]]:
    modules = {_module(path): path for folder in CODE for path in _python_files(folder)}
    return {
        name: {
            imported
            for node in _run_at_import(ast.parse(path.read_text()))
            for imported in _imported(node)
            if imported in modules and imported != name
        }
        for name, path in modules.items()
    }


def _imports_between_folders(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports of modules as imports of their folders. A module that stands in no folder is by itself.

    Such modules are at both ends: `settings` is below all folders of its room, `definitions` above them.
    """
    folders: dict[str, set[str]] = {}
    for module, imported in imports.items():
        folders.setdefault(_folder(module), set()).update(map(_folder, imported))
    return {folder: imported - {folder} for folder, imported in folders.items()}


def _folder(module: str) -> str:
    folder = module if ROOT.joinpath(*module.split(".")).is_dir() else module.rpartition(".")[0]
    return folder if "." in folder else module


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _tracked_folders() -> Iterator[Path]:
    for folder in [*CODE, "dbt_gold", "docs", "infra"]:
        yield ROOT / folder
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_dir())


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    assert _imported_packages(room) & (ROOMS - {room}) <= MAY_IMPORT[room]


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_a_room_knows_nothing_of_engines_that_are_not_its_own(folder: str) -> None:
    assert not _imported_packages(folder) & FORBIDDEN[folder]


def _fail_for_a_circle(imports: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other in a circle: {' <- '.join(error.args[1])}")


def test_the_command_line_is_there_without_what_takes_seconds_to_import() -> None:
    loaded = "import sys, shopflow_cli.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {"dagster", "dbt", "pandera", "polars", "pyspark"} & {*done.stdout.split()} == set()


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    _fail_for_a_circle(_imports_between_modules())


def test_folders_do_not_import_each_other_in_a_circle() -> None:
    _fail_for_a_circle(_imports_between_folders(_imports_between_modules()))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_contract_is_read_through_its_table(room: str) -> None:
    of_contracts = {f"spark_jobs.contracts.contract.{name}" for name in OF_CONTRACTS}
    others = (path for path in _python_files(room) if not any(map(path.is_relative_to, RESOLVES_CONTRACTS)))
    assert not {
        f"{path.relative_to(ROOT)}: {name}"
        for path in others
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name in of_contracts
    }


@pytest.mark.parametrize("folder", CODE)
def test_no_python_file_is_too_long(folder: str) -> None:
    lines = {path: len(path.read_text().splitlines()) for path in _python_files(folder)}
    assert not {f"{path.relative_to(ROOT)}: {n}" for path, n in lines.items() if n > MOST_LINES}


def test_no_folder_holds_too_many_files() -> None:
    counts = {
        folder.relative_to(ROOT).as_posix(): sum(path.is_file() for path in folder.iterdir())
        for folder in _tracked_folders()
        if folder.name != "__pycache__"
    }
    assert {folder for folder, count in counts.items() if count > MOST_FILES} == LARGE_FOLDERS.keys()


@pytest.mark.parametrize("folder", CODE)
def test_no_two_modules_of_a_package_tree_have_one_name(folder: str) -> None:
    names = Counter(path.stem for path in _python_files(folder))
    assert not {name for name, count in names.items() if count > 1} - {"__init__", *NAMESAKES}


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= MOST_LINES_OF_README


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    assert not [link for link in links if not ((ROOT / page).parent / link).exists()]


def test_paths_that_the_architecture_page_names_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms = "|".join([*CODE, "dbt_gold", "infra"])
    paths = set(re.findall(rf"`((?:{rooms})/[\w./-]*)`", page))
    assert paths
    assert not {path for path in paths if not (ROOT / path).exists()}
