"""The files that docs/adding_a_table.md tells people to write."""

import re
from collections.abc import Iterator

from local_stack.home import CHECKOUT

PAGE = CHECKOUT / "docs" / "adding_a_table.md"
# A file's name on its own line, or no name (then the block before has the file); then the text of the block.
BLOCK = re.compile(r"(?:^`([\w/.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """File, language and text of each block; a `diff` changes an existing file."""
    file = ""
    for named, language, text in BLOCK.findall(PAGE.read_text()):
        file = named or file
        yield file, language, text
