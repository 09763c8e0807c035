"""What a process tells Prometheus, scraped as Prometheus does it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Set as AbstractSet

from proratio_tradehub.metrics import CATALOGUE, Role

_TYPE = re.compile(r"^# TYPE (\S+) ", re.MULTILINE)


def free_base_port(role: Role) -> int:
    """Return a PRORATIO_METRICS_PORT with which the port of a role is free now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1]) - role.offset


def scrape(base_port: int, role: Role, *, until: str = "") -> str:
    """Return what the process of a role tells, once `until` is in it or five seconds are over."""
    give_up_s = time.monotonic() + 5.0
    while until not in (text := _scrape(base_port, role)) and time.monotonic() < give_up_s:
        time.sleep(0.1)
    return text


def _scrape(base_port: int, role: Role) -> str:
    """Return what it tells now; an empty text when nothing listens."""
    url = f"http://127.0.0.1:{base_port + role.offset}/metrics"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def names_in(text: str) -> set[str]:
    """Return the names of our own metrics in a scrape."""
    return {name for name in _TYPE.findall(text) if name.startswith("proratio_")}


def require_told(text: str, role: Role, *, later: AbstractSet[str] = frozenset()) -> None:
    """Fail unless a scrape has every metric of a role, no other of ours, and passes promtool.

    What comes `later` may be there or not.
    """
    expected = {one.name for one in CATALOGUE.values() if role in one.roles}
    assert names_in(text) - later == expected - later
    promtool = shutil.which("promtool")
    if promtool is not None:
        checked = subprocess.run(
            [promtool, "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def value_of(text: str, line: str) -> float:
    """Return the value of a sample by the beginning of its line."""
    (value,) = re.findall(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(value)
