"""What docs/adding_a_table.md tells to write, file by file."""

import re
from collections.abc import Iterator

from local_stack.home import CHECKOUT

PAGE = CHECKOUT / "docs" / "adding_a_table.md"
# A file's name on a line of its own, or nothing (the file of the block before), then what to write into it.
BLOCK = re.compile(r"(?:^`([\w/.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """File, language and text of each block; a `diff` changes a file that is there."""
    file = ""
    for named, language, text in BLOCK.findall(PAGE.read_text()):
        file = named or file
        yield file, language, text
