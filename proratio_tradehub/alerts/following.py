"""The watches, round after round, until they are stopped; a failure is waited out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

import structlog

from proratio_core.database import Database, open_database
from proratio_core.errors import DataError, ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.alerts.sender import Patience
from proratio_tradehub.alerts.watch import AlertWatch

__all__ = ["follow", "follow_all", "follow_once"]

_STATEMENT_LIMIT_MS: Final = 10_000

_log = structlog.get_logger(__name__)


def follow_all(
    watches: Sequence[AlertWatch],
    settings: Settings,
    *,
    stop: threading.Event,
    interval_s: float,
) -> None:
    """Let each watch make its rounds in a thread of its own: one that hangs holds up no other.

    Raises
    ------
    ProratioError
        What ended one of them; it ends the others too, and so does an error nobody expected.
    """
    failures: list[Exception] = []

    def run(watch: AlertWatch) -> None:
        try:
            follow(watch, settings, stop=stop, interval_s=interval_s)
        except Exception as error:  # noqa: BLE001  # the thread's border; raised again below
            failures.append(error)
        finally:
            stop.set()

    threads = [threading.Thread(target=run, args=(watch,), daemon=True) for watch in watches]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def follow(
    watch: AlertWatch,
    settings: Settings,
    *,
    stop: threading.Event,
    interval_s: float,
    patience: Patience = Patience(),  # noqa: B008  # frozen
) -> None:
    """Make rounds until `stop` is set; the one under way is finished.

    Raises
    ------
    DataError
        The file of the cursor is not readable, or a message is refused for what it is.
    """
    failures = 0
    with ExitStack() as resources:
        database: Database | ProratioError | None = None
        while not stop.is_set():
            if not isinstance(database, Database):
                database = _opened(settings, resources)
            try:
                watch.round(database)
                failures, wait_s = 0, interval_s
            except DataError:
                raise
            except ProratioError as error:
                failures += 1
                wait_s = patience.after(error, failures=failures)
                if failures == 1:
                    _log.warning("alerts do not get through", error=str(error))
            stop.wait(wait_s)


def follow_once(watch: AlertWatch, settings: Settings) -> None:
    """Make one round.

    Raises
    ------
    ProratioError
        As `AlertWatch.round`.
    """
    with ExitStack() as resources:
        watch.round(_opened(settings, resources))


def _opened(settings: Settings, resources: ExitStack) -> Database | ProratioError:
    try:
        return resources.enter_context(
            open_database(settings, statement_timeout_ms=_STATEMENT_LIMIT_MS)
        )
    except ProratioError as error:
        return error
