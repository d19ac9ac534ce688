"""Where one ShopFlow stack lives: the folders of a home, and the cache that all homes share.

The `shopflow` command reads SHOPFLOW_HOME and SHOPFLOW_CACHE only here. `bootstrap` and the Makefile read
SHOPFLOW_CACHE too, before anything is installed; the pipeline gets its home through `environments`.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import NotAHomeError
from local_stack.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
INFRA = CHECKOUT / "infra"

# Every process that runs for a home has this variable; it holds the path of the home.
MARK = "SHOPFLOW_SUPERVISED"

# A Unix socket's path has at most 107 bytes, and supervisor first binds a longer, temporary name.
_LONGEST_SOCKET = 85


@dataclass(frozen=True)
class Home:
    """The folders and files of one stack."""

    path: Path

    @classmethod
    def current(cls) -> "Home":
        """The home named by SHOPFLOW_HOME, else `.shopflow` in the checkout."""
        return cls(Path(os.environ.get("SHOPFLOW_HOME") or CHECKOUT / ".shopflow").expanduser().absolute())

    @property
    def key(self) -> str:
        """A short name for this home, the same at every start."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]

    @property
    def env_file(self) -> Path:
        """Ports and secrets, readable by the owner only."""
        return self.path / ".env"

    @property
    def logs(self) -> Path:
        """One log file per service."""
        return self.path / "logs"

    @property
    def truth(self) -> Path:
        """The defects that the simulator planted; nothing in the pipeline reads them."""
        return self.path / "truth"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.path / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Manifest and run results of dbt."""
        return self.path / "dbt" / "target"

    @property
    def socket(self) -> Path:
        """The supervisor's socket: in the home, or in a short folder when the home's path is too long."""
        direct = self.path / "supervisor.sock"
        if len(os.fsencode(direct)) <= _LONGEST_SOCKET:
            return direct
        return Path(tempfile.gettempdir()) / f"shopflow-{os.getuid()}-{self.key}" / "supervisor.sock"

    def empty_scratch(self) -> None:
        """Delete what killed landings have left."""
        shutil.rmtree(self.path / "scratch", ignore_errors=True)

    def settings(self) -> Settings:
        """Ports and secrets of this home; raises NotSetUpError before the first `shopflow up`."""
        return Settings.load(self.env_file)

    def claim(self) -> None:
        """Make the folder a ShopFlow home; raises NotAHomeError for one that holds something else.

        The `.env` is written first: by it the next `up` recognizes the home that an interrupted one left.
        """
        if self.path.exists() and not self.path.is_dir():
            raise NotAHomeError(f"{self.path} is no folder. Set SHOPFLOW_HOME to a new or an empty folder.")
        if self.path.is_dir() and any(self.path.iterdir()) and not self.env_file.exists():
            raise NotAHomeError(
                f"{self.path} is not empty and not a ShopFlow home (it has no .env).\n"
                "Set SHOPFLOW_HOME to a new or an empty folder."
            )
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.env_file.exists():
            Settings.load_or_make(self.env_file).save(self.env_file)
        for folder in ("logs", "minio", "spark/tmp", "trino", "dagster", "dbt/target", "dbt/logs", "truth"):
            (self.path / folder).mkdir(parents=True, exist_ok=True)
        if self.socket.parent != self.path:
            self.socket.parent.mkdir(mode=0o700, exist_ok=True)
            if self.socket.parent.stat().st_uid != os.getuid():
                raise NotAHomeError(f"{self.socket.parent} belongs to another user. Remove it.")


def cache() -> Path:
    """The engines' cache: SHOPFLOW_CACHE, else `~/.cache/shopflow`."""
    return (
        Path(os.environ.get("SHOPFLOW_CACHE") or Path.home() / ".cache" / "shopflow").expanduser().absolute()
    )
