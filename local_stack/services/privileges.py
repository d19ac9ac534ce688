"""PostgreSQL refuses to run as root: how root runs it as another user."""

import os
import pwd
from pathlib import Path

_USER = "nobody"
# Bits of CapPrm in /proc/self/status: the capabilities to enter folders without the permission for it.
_CAPABILITIES = {2: "dac_read_search", 1: "dac_override"}


def unprivileged(*needed: Path) -> list[str]:
    """The arguments to put before a command so that it runs as a user without rights; empty without root.

    `needed` are paths that the command must reach. If the user may not enter them (a home or cache under
    /root), the command gets the one capability to enter and read them. Programs that call access(2) first, as
    initdb does, see the capability only with the securebit no_setuid_fixup.
    """
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_USER)
    words = [
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--no-new-privs",
    ]
    capability = None if all(_is_open(path) for path in needed) else _passing_capability()
    keep = f"-all,+{capability}" if capability else "-all"
    if capability:
        words.append("--securebits=+no_setuid_fixup")
    return [*words, f"--inh-caps={keep}", f"--ambient-caps={keep}", f"--bounding-set={keep}"]


def own(path: Path) -> None:
    """Make a folder or file accessible only to the user that `unprivileged` runs commands as."""
    path.chmod(0o700 if path.is_dir() else 0o400)
    if os.geteuid() == 0:
        user = pwd.getpwnam(_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def _is_open(path: Path) -> bool:
    """Whether the user may enter all folders down to this path and read it."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents) and (
        path.owner() == _USER or bool(path.stat().st_mode & 0o004)
    )


def _passing_capability() -> str | None:
    status = Path("/proc/self/status").read_text()
    permitted = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm")), 16)
    return next((name for bit, name in _CAPABILITIES.items() if permitted >> bit & 1), None)
