"""Many runs at once on a Ray cluster; needs the extra `distributed`.

Every machine of the cluster needs this version of Proratio, the user directory under the same path,
and a DATABASE_URL it can reach.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from proratio_core.errors import ConfigurationError, ProratioError, TransientError
from proratio_core.settings import tell_processes
from proratio_quantlab.laboratory import Site
from proratio_quantlab.workforce import Done, Item, Job, WorkerDiedError, at_work

__all__ = ["LOCAL", "RayWorkforce", "ray_workforce"]

LOCAL: Final = "local"
"""The address that starts a cluster on this machine, for as long as the sweep takes."""

_AHEAD: Final = 2
_LOOPBACK: Final = "127.0.0.1"
_REACH_S: Final = 5.0


class RayWorkforce:
    """Processes of a Ray cluster this process is connected to.

    Parameters
    ----------
    ray
        The module, connected.
    """

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self.workers = max(int(ray.cluster_resources().get("CPU", 1)), 1)

    def run(self, job: Job[Item, Done], items: Iterable[Item], *, site: Site) -> Iterator[Done]:
        """Yield what the job made of each item; see `Workforce.run`."""
        ray = self._ray
        remote = ray.remote(num_cpus=1, max_retries=0)(at_work)
        waiting = iter(items)
        under_way: list[Any] = []
        try:
            while True:
                while len(under_way) < _AHEAD * self.workers:
                    try:
                        under_way.append(remote.remote(job, next(waiting), site))
                    except StopIteration:
                        break
                if not under_way:
                    return
                ready, under_way = ray.wait(under_way, num_returns=1)
                yield self._answer(ready[0])
        finally:
            for task in under_way:
                ray.cancel(task, force=True)

    def _answer(self, task: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError as error:
            if isinstance(error.cause, ProratioError):
                raise error.cause from error
            raise
        except errors.RayError as error:
            raise WorkerDiedError(f"a Ray worker ended without an answer: {error}") from error


@contextmanager
def ray_workforce(address: str, *, workers: int | None = None) -> Iterator[RayWorkforce]:
    """Yield the workforce of a cluster; connect before and disconnect after.

    Parameters
    ----------
    address
        `host:port` of the cluster's head, `auto` for the one this machine belongs to, or `local`
        to start one here.
    workers
        How many processes a cluster started here has; its processors when None.

    Raises
    ------
    ConfigurationError
        Ray is not installed.
    TransientError
        The cluster cannot be reached.
    """
    try:
        import ray  # noqa: PLC0415  # an extra, and a second to import
    except ImportError as error:
        raise ConfigurationError(
            "--ray needs the extra: pip install 'proratio[distributed]'"
        ) from error
    _reach(address)
    tell_processes({"RAY_USAGE_STATS_ENABLED": "0"})  # nothing is reported to anybody
    here: dict[str, Any] = {
        "num_cpus": workers,
        "include_dashboard": False,
        "_node_ip_address": _LOOPBACK,
    }
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **(here if address == LOCAL else {}),
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise TransientError(
            f"no Ray cluster answers at {address}: {' '.join(str(error).split())[:300]}"
        ) from error
    try:
        yield RayWorkforce(ray)
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Knock at `host:port` first: Ray itself asks again for minutes before it gives up."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_REACH_S).close()
    except (OSError, OverflowError) as error:
        raise TransientError(
            f"no Ray cluster answers at {address}: {error}; start one with `ray start --head`, or "
            f"use --ray {LOCAL}"
        ) from error
