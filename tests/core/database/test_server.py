"""The embedded PostgreSQL: starts, is shared, survives what killed processes leave behind."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from proratio_core.database.server import embedded_server
from proratio_core.errors import ConfigurationError


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="proratio-server-") as name:
        Path(name).chmod(0o755)  # run as root, the server is another user
        yield Path(name) / "postgres"


def _answers(url: str) -> bool:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        found = cursor.fetchone() == (1,)
    connection.close()
    return found


def _postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split("\n")[0])


def _is_gone(pid: int) -> bool:
    """Wait until the system has taken the process away."""
    try:
        psutil.Process(pid).wait(timeout=10)
    except psutil.NoSuchProcess:
        return True
    return not psutil.pid_exists(pid)


def _killed_process_using(folder: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from proratio_core.database.server import embedded_server\n"
        "with embedded_server(Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(folder)]
    assert subprocess.run(command, check=False).returncode == -9


def test_server_runs_inside_the_context_and_stops_with_the_last_one(folder: Path) -> None:
    with embedded_server(folder) as url:
        with embedded_server(folder) as again:
            assert again == url
        assert _answers(url)
        postmaster = _postmaster(folder)
    assert _is_gone(postmaster)


def test_server_whose_user_was_killed_still_stops_with_the_next(folder: Path) -> None:
    _killed_process_using(folder)
    with embedded_server(folder) as url:
        assert _answers(url)
        postmaster = _postmaster(folder)
    assert _is_gone(postmaster)


def test_pid_file_of_a_number_that_now_belongs_to_another_program_is_ignored(folder: Path) -> None:
    with embedded_server(folder):
        pass
    stale = f"{psutil.Process().pid}\n{folder}\n0\n5432\n\n\n"
    (folder / "postmaster.pid").write_text(stale)
    with embedded_server(folder) as url:
        assert _answers(url)


def test_list_of_dead_users_is_forgotten(folder: Path) -> None:
    with embedded_server(folder):
        pass
    (folder / ".handle_pids.json").write_text(json.dumps([2**22 - 1]))
    with embedded_server(folder):
        postmaster = _postmaster(folder)
    assert _is_gone(postmaster)


def test_folder_that_cannot_hold_a_server_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    impossible = embedded_server(tmp_path / "file" / "postgres")
    with pytest.raises(ConfigurationError, match=r"does not start .*Set DATABASE_URL"):
        impossible.__enter__()
