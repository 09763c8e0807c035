"""Freqtrade's REST API at its wire, as far as a liquidation speaks it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOGIN = ("proratio", "canary-password")


def trade_of(number: int, pair: str, *, amount: float = 2.0) -> dict[str, Any]:
    """Return a trade as `/api/v1/status` lists it, the fields that are read."""
    return {
        "trade_id": number,
        "pair": pair,
        "is_short": False,
        "amount": amount,
        "open_rate": 100.0,
        "current_rate": 110.0,
        "profit_abs": 19.0,
    }


class FakeBot(ThreadingHTTPServer):
    """A bot that holds trades; those in `stuck` are never closed, `says` replaces every answer.

    An entry that is not filled is cancelled, and that is answered with an error, as Freqtrade does.
    Whoever asks needs its `login`.
    """

    def __init__(self, *trades: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.trades = list(trades)
        self.stuck: set[int] = set()
        self.says: Any = None
        self.login = LOGIN
        self.closed: list[Any] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeBot

    def do_GET(self) -> None:
        self._answer(self.server.trades)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = asked["tradeid"]
        self.server.closed.append((number, asked["ordertype"]))
        asked_for = [t for t in self.server.trades if t["trade_id"] == number]
        if number not in self.server.stuck:
            self.server.trades = [t for t in self.server.trades if t["trade_id"] != number]
        if any(trade["amount"] for trade in asked_for):
            self._answer({"result": f"Created exit order for trade {number}."})
        else:
            self._answer({"error": "Error querying /api/v1/forceexit: Failed to exit trade."})

    def _answer(self, document: Any) -> None:
        login = base64.b64encode(":".join(self.server.login).encode()).decode()
        allowed = self.headers.get("Authorization") == f"Basic {login}"
        said = self.server.says
        if not allowed:
            document = {"detail": "Unauthorized"}
        elif said is not None:
            document = said
        body = document.encode() if isinstance(document, str) else json.dumps(document).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def fake_bot(*trades: dict[str, Any]) -> Iterator[FakeBot]:
    """Run a bot until the block ends."""
    bot = FakeBot(*trades)
    thread = threading.Thread(target=bot.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        bot.shutdown()
        bot.server_close()
        thread.join()
