"""How each process is, by the small files they rewrite while they live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Final

import msgspec

from proratio_core.errors import DataError, ProratioError
from proratio_core.settings import Settings
from proratio_core.streaming.health import StreamHealth
from proratio_signals.health import Condition, health_file
from proratio_tradehub.backups import backup_record_file, rehearsal_record_file
from proratio_tradehub.dashboard.look import formats
from proratio_tradehub.dashboard.now.figures import Light
from proratio_tradehub.desk import RiskReport, read_reports

__all__ = ["ProcessLine", "process_lines"]

_SUPERVISOR_FRESH: Final = timedelta(seconds=30)
_LOOPS: Final = timedelta(minutes=5)
_BACKUP_EVERY: Final = timedelta(days=2)
"""A day is usual; a second one says that it is not made any more."""


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A process: its name, how it is, and in words what it says of itself."""

    name: str
    light: Light
    detail: str


class _Supervision(msgspec.Struct, frozen=True):
    """What the supervisor of a bot reports, as far as it is shown.

    The package `paper` has the whole of it, and takes a second to import.
    """

    strategy: str
    state: str
    updated_at: datetime
    last_loop_at: datetime | None = None
    restarts: int = 0
    detail: str = ""

    def light(self, now: datetime) -> Light:
        """Return how the bot is, as its supervisor sees it."""
        if now - self.updated_at > _SUPERVISOR_FRESH:
            return Light.SILENT
        looped_at = self.last_loop_at
        is_looping = looped_at is not None and now - looped_at <= _LOOPS
        return Light.RUNNING if self.state == "running" and is_looping else Light.LIMITED


def process_lines(settings: Settings, now: datetime) -> tuple[ProcessLine, ...]:
    """Return a line for each process that ever reported, and for those that should.

    A file that is not readable is a line as well: it hides no other process.
    """
    readers: dict[str, _Reader] = {
        "Bot": _bots,
        "Supervisor": _supervisors,
        "Signals": _signals,
        "Stream": _streams,
        "Alerts": _alerts,
        "Backup": _backups,
    }
    found = (_read(name, read, settings=settings, now=now) for name, read in readers.items())
    return tuple(chain.from_iterable(found))


_Reader = Callable[[Settings, datetime], Iterator[ProcessLine]]


def _read(name: str, read: _Reader, *, settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    try:
        yield from read(settings, now)
    except ProratioError as error:
        yield ProcessLine(name, Light.LIMITED, str(error))


def _bots(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    reports = read_reports(settings)
    if not reports:
        yield ProcessLine("Bot", Light.ABSENT, "none has reported")
    for report in reports:
        yield ProcessLine(f"Bot {report.account}", _light_of_bot(report, now), _bot(report, now))


def _light_of_bot(report: RiskReport, now: datetime) -> Light:
    if not report.is_fresh(now):
        return Light.SILENT
    return Light.LIMITED if report.held_back else Light.RUNNING


def _bot(report: RiskReport, now: datetime) -> str:
    held = f"; {report.held_back}" if report.held_back else ""
    heard = formats.age(report.updated_at, now)
    return f"{report.strategy}, {report.profile}, process {report.pid}, {heard}{held}"


def _supervisors(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    for path in sorted((settings.state_dir / "paper").glob("*.json")):
        try:
            found = msgspec.json.decode(path.read_bytes(), type=_Supervision)
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(f"{path} is not readable ({error}); remove it") from error
        looped = f"last loop {formats.age(found.last_loop_at, now)}"
        heard = formats.age(found.updated_at, now)
        said = f"{found.state}, {looped}, {found.restarts} restarts, {heard}"
        detail = f"{said}; {found.detail}" if found.detail else said
        yield ProcessLine(f"Supervisor of {found.strategy}", found.light(now), detail)


def _signals(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    health = health_file(settings, settings.profile).read()
    if health is None:
        yield ProcessLine("Signals", Light.ABSENT, f"nobody answers for {settings.profile}")
        return
    light = Light.RUNNING if health.condition is Condition.READY else Light.LIMITED
    if not health.is_fresh(now):
        light = Light.SILENT
    heard = formats.age(health.updated_at, now)
    yield ProcessLine("Signals", light, f"{health}, process {health.pid}, {heard}")


def _streams(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    paths = sorted(settings.state_dir.glob("stream-*.json"))
    if not paths:
        yield ProcessLine("Stream", Light.ABSENT, "no real-time candles")
    for path in paths:
        try:
            health = msgspec.json.decode(path.read_bytes(), type=StreamHealth)
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(f"{path} is not readable ({error}); remove it") from error
        light = Light.LIMITED if health.late(now) else Light.RUNNING
        if not health.is_fresh(now):
            light = Light.SILENT
        heard = formats.age(health.updated_at, now)
        yield ProcessLine(f"Stream {health.exchange}", light, f"{health}, {heard}")


def _alerts(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    """Yield when the watch last noted how far it has told; that says nothing of this moment."""
    paths = [path for path in settings.state_dir.glob("alerts*.json") if path.is_file()]
    if not paths:
        yield ProcessLine("Alerts", Light.ABSENT, "proratio alerts watch never told anything here")
    for path in sorted(paths):
        told_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        detail = f"{path.stem}: something was last told {formats.age(told_at, now)}"
        yield ProcessLine("Alerts", Light.NOTED, detail)


def _backups(settings: Settings, now: datetime) -> Iterator[ProcessLine]:
    made, tried = backup_record_file(settings).read(), rehearsal_record_file(settings).read()
    if made is None:
        yield ProcessLine("Backup", Light.LIMITED, "none was ever made: proratio backup")
        return
    size = f"{made.size_bytes / 1e6:,.1f} MB, {made.rows:,} rows"
    proved = "never put back on trial"
    if tried is not None and tried.succeeded_at is not None:
        proved = f"put back on trial {formats.age(tried.succeeded_at, now)}"
    light = Light.SILENT if now - made.made_at > _BACKUP_EVERY else Light.RUNNING
    yield ProcessLine("Backup", light, f"made {formats.age(made.made_at, now)}, {size}, {proved}")
