"""The intents of one account in a file: each is on the disk before its order is on the wire.

One JSON document a line. A line that a killed process left half written was never sent, because
sending waits for the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_tradehub.orders.intent import OrderIntent

__all__ = ["IntentFile", "OpenIntent", "intent_path"]


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """An intent of which it is not known yet that Freqtrade knows its order.

    Parameters
    ----------
    intent
        What was to be sent.
    order_id
        The exchange's number, once it has replied.
    """

    intent: OrderIntent
    order_id: str | None = None


class _Line(msgspec.Struct, omit_defaults=True):
    """A line: an intent, or what became of the one named."""

    name: str
    intent: OrderIntent | None = None
    order_id: str | None = None
    outcome: str | None = None


class IntentFile:
    """What is open, in memory and on the disk.

    Parameters
    ----------
    path
        The file; its folder is made.

    Raises
    ------
    DataError
        The file is not one of intents.
    OSError
        It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: dict[str, OpenIntent] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            self._open = _read(path)
        self._rewrite()

    @property
    def open(self) -> Mapping[str, OpenIntent]:
        """What is not settled, by name, the oldest first."""
        return dict(self._open)

    def begin(self, intent: OrderIntent) -> None:
        """Write down an order that will be sent; it is on the disk when this returns.

        Raises
        ------
        OSError
            It is not on the disk, so it must not be sent.
        """
        self._append(_Line(intent.name, intent=intent))
        self._open[intent.name] = OpenIntent(intent)

    def reply(self, name: str, order_id: str) -> None:
        """Write down under which number the exchange has an order.

        Raises
        ------
        OSError
            It is not on the disk.
        """
        self._open[name] = replace(self._open[name], order_id=order_id)
        self._append(_Line(name, order_id=order_id))

    def settle(self, name: str, outcome: str) -> None:
        """Write down what became of an order in the end; it is open no more.

        Raises
        ------
        OSError
            It is not on the disk, and will be asked about again after a restart.
        """
        self._open.pop(name, None)
        self._append(_Line(name, outcome=outcome))

    def _append(self, line: _Line) -> None:
        data = msgspec.json.encode(line) + b"\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError(f"{self._path} took a part of a line only; is the disk full?")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _rewrite(self) -> None:
        """Keep what is open; what is settled is in the journal."""
        with replacing(self._path) as beside:
            beside.write_bytes(b"".join(_lines(self._open.values())))
            beside.chmod(0o600)


def intent_path(settings: Settings, account: str) -> Path:
    """Return where the intents of an account are."""
    name = "".join(letter if letter.isalnum() else "-" for letter in account)
    return settings.state_dir / "orders" / f"{name}.jsonl"


def _lines(intents: Iterable[OpenIntent]) -> Iterable[bytes]:
    for one in intents:
        yield msgspec.json.encode(_Line(one.intent.name, intent=one.intent)) + b"\n"
        if one.order_id is not None:
            yield msgspec.json.encode(_Line(one.intent.name, order_id=one.order_id)) + b"\n"


def _read(path: Path) -> dict[str, OpenIntent]:
    """Return what is open in a file; a part of a line at its end was never sent."""
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    found: dict[str, OpenIntent] = {}
    for number, text in enumerate(whole.splitlines(), start=1):
        try:
            line = msgspec.json.decode(text, type=_Line)
        except msgspec.DecodeError as error:
            raise DataError(
                f"{path}, line {number}, is not an intent ({error}); look at the exchange whether "
                "every order there is known to the bot, then move the file away"
            ) from error
        _apply(line, found)
    return found


def _apply(line: _Line, found: dict[str, OpenIntent]) -> None:
    if line.intent is not None:
        found[line.name] = OpenIntent(line.intent)
    elif line.outcome is not None:
        found.pop(line.name, None)
    elif line.name in found:
        found[line.name] = replace(found[line.name], order_id=line.order_id)
