"""Variables for this process's Python code leave the environment that native threads read alone."""

import ctypes
import os

from shopflow_assets.environment import exported

NAME = "SHOPFLOW_OF_A_TEST"


def test_variables_are_seen_by_python_until_the_end_and_never_by_the_c_library() -> None:
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    assert getenv(b"PATH") == os.environ["PATH"].encode()
    with exported({NAME: "1"}):
        assert os.environ[NAME] == os.getenv(NAME) == "1"
        assert getenv(NAME.encode()) is None
    assert NAME not in os.environ
