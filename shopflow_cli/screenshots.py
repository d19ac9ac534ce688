"""Takes the screenshots for the README from a running stack: `python -m shopflow_cli.screenshots FOLDER`.

Headless Chromium takes them, so they can be renewed whenever the pages or the graph change.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import ScreenshotError, ShopFlowError
from local_stack.home import CHECKOUT, Home
from local_stack.services.supervision import settings_to_use

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
)
# How long a page may load, by the browser's virtual clock, which runs faster than the real one.
LOADING_MILLISECONDS = 20_000
PAGES = CHECKOUT / "docs" / "images" / "pages.toml"


@dataclass(frozen=True)
class Page:
    """A page of Dagster, and the size of the browser window in pixels."""

    path: str
    width: int
    height: int


def pages() -> dict[str, Page]:
    """The pages that the README and the pages in docs show, by the names of their image files."""
    return {name: Page(**page) for name, page in tomllib.loads(PAGES.read_text()).items()}


def take(home: Home, folder: Path) -> list[Path]:
    """Take all screenshots of the home's running Dagster.

    Raises:
        ScreenshotError: no browser was found, or it wrote no image.
    """
    browser = next(filter(None, map(shutil.which, [os.environ.get("BROWSER", ""), *BROWSERS])), None)
    if browser is None:
        raise ScreenshotError(
            f"No browser found ({', '.join(BROWSERS)}). On Debian: apt-get install chromium"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return [_take(browser, home, page, folder / f"{name}.png") for name, page in pages().items()]


def _take(browser: str, home: Home, page: Page, file: Path) -> Path:
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        options = [
            f"--user-data-dir={profile}",
            f"--window-size={page.width},{page.height}",
            f"--virtual-time-budget={LOADING_MILLISECONDS}",
            f"--screenshot={file.resolve()}",
        ]
        url = f"{settings_to_use(home).dagster_url}{page.path}"
        done = subprocess.run([browser, *QUIET, *options, url], capture_output=True, text=True, check=False)
    if not file.exists():
        raise ScreenshotError(f"{browser} wrote no image of {url}:\n{done.stderr[-2000:]}")
    return file


if __name__ == "__main__":
    try:
        for taken in take(Home.current(), Path(sys.argv[1])):
            sys.stdout.write(f"{taken}\n")
    except ShopFlowError as error:
        sys.exit(f"error: {error}")
