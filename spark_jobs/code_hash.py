"""A hash over the code that makes a silver table: when it changes, silver is made again."""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = __name__.partition(".")[0]
ROOT = Path(__file__).parents[1]


@cache
def code_hash(*modules: str) -> str:
    """Hash over the source of these modules and of all that they import from this package.

    Args:
        modules: dotted names within the package.
    """
    digest = hashlib.sha256()
    for file in sorted(import_closure(modules)):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def import_closure(modules: tuple[str, ...]) -> set[Path]:
    """The files of these modules and of all that they import from this package, directly or not."""
    files: set[Path] = set()
    to_visit = list(modules)
    while to_visit:
        file = _file(to_visit.pop())
        if file and file not in files:
            files.add(file)
            to_visit += _imported(file)
    return files


def _file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.exists()), None)


@cache
def _imported(file: Path) -> tuple[str, ...]:
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    within = [node for node in nodes if (node.module or "").partition(".")[0] == PACKAGE]
    # In `from package import module`, the module is among the imported names.
    return tuple(
        name
        for node in within
        for name in (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))
    )
