"""Telegram's Bot API at its wire, as far as a bot that only sends speaks it.

with FakeTelegram() as fake:
    fake.faults.extend([Fault.FLOOD, Fault.BROKEN])   # met by the next calls, in turn
    fake.always = Fault.SILENT                        # met by every call that has none of its own
"""

from __future__ import annotations

import re
import time
from collections import deque
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

from tests.wire.in_thread import ServedInThread, listening

TOKEN = "110201543:AAHdqTcvCH1-canary-telegram-5e0b"
CHAT_ID = "4711"
MOST_CHARS = 4096
MOST_CAPTION_CHARS = 1024
_ALLOWED_TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote"}


class Fault(StrEnum):
    """What a call meets instead of an answer; the documents are those Telegram sends."""

    FLOOD = "429 with retry_after"
    UNAUTHORIZED = "401"
    BLOCKED = "403"
    NO_CHAT = "400 chat not found"
    MIGRATED = "400 migrate_to_chat_id"
    REFUSED = "400 message is too long"
    BROKEN = "500"
    GATEWAY = "502 of a proxy, not JSON"
    SILENT = "accepted, never answered"
    LOST = "delivered, the reply is lost"
    RESET = "the connection is cut"


@dataclass(frozen=True)
class Sent:
    """A message that a person reads: when it came, its HTML, and the picture above it."""

    at_s: float
    html: str
    picture: bytes | None


class FakeTelegram(ServedInThread):
    """The server, in a thread; `sent` is what the person reads, `calls` is every request."""

    def __init__(self, *, retry_after_s: int = 1) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the variables that point Proratio at this server."""
        return {
            "PRORATIO_TELEGRAM_URL": self.url,
            "PRORATIO_TELEGRAM_TOKEN": TOKEN,
            "PRORATIO_TELEGRAM_CHAT_ID": CHAT_ID,
        }

    def serving(self) -> AbstractAsyncContextManager[int]:
        """Answer as Telegram does."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._handle)
        return listening(app)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls.append(method)
        form = dict(await request.post())
        fault = self.faults.popleft() if self.faults else self.always
        if fault is not None and fault is not Fault.LOST:
            return await self._fail(fault, request)
        if request.match_info["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        answer = self._accept(method, form)
        if fault is Fault.LOST:
            return await self._fail(Fault.SILENT, request)
        return answer

    def _accept(self, method: str, form: dict[str, Any]) -> web.Response:
        if str(form.get("chat_id")) != CHAT_ID:
            return _refusal(400, "Bad Request: chat not found")
        picture: bytes | None = None
        html, limit, complaint = str(form.get("text", "")), MOST_CHARS, "message is too long"
        if method == "sendPhoto":
            html, limit = str(form.get("caption", "")), MOST_CAPTION_CHARS
            complaint, picture = "message caption is too long", form["photo"].file.read()
        elif method != "sendMessage":
            return _refusal(404, "Not Found")
        words = parsed(html)
        if words is None:
            return _refusal(400, "Bad Request: can't parse entities: unsupported start tag")
        if not 0 < len(words) <= limit:
            return _refusal(400, f"Bad Request: {complaint}")
        self.sent.append(Sent(time.monotonic(), html, picture))
        chat = {"id": int(CHAT_ID), "type": "private", "first_name": "Anna"}
        number = len(self.sent)
        return web.json_response(
            {"ok": True, "result": {"message_id": number, "date": 1_709_294_405, "chat": chat}}
        )

    async def _fail(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault in _REFUSALS:
            status, said, more = _REFUSALS[fault]
            return _refusal(status, said, **more)
        if fault is Fault.FLOOD:
            wait = self.retry_after_s
            said = f"Too Many Requests: retry after {wait}"
            return _refusal(429, said, parameters={"retry_after": wait})
        if fault is Fault.GATEWAY:
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if fault is Fault.RESET:
            assert request.transport is not None
            request.transport.abort()
        else:
            await self.stopping.wait()
        return web.Response()


_REFUSALS: dict[Fault, tuple[int, str, dict[str, Any]]] = {
    Fault.UNAUTHORIZED: (401, "Unauthorized", {}),
    Fault.BLOCKED: (403, "Forbidden: bot was blocked by the user", {}),
    Fault.NO_CHAT: (400, "Bad Request: chat not found", {}),
    Fault.MIGRATED: (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"parameters": {"migrate_to_chat_id": -1001234}},
    ),
    Fault.REFUSED: (400, "Bad Request: message is too long", {}),
    Fault.BROKEN: (500, "Internal Server Error", {}),
}


def _refusal(status: int, said: str, **more: Any) -> web.Response:
    document = {"ok": False, "error_code": status, "description": said, **more}
    return web.json_response(document, status=status)


class _Entities(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.open: list[str] = []
        self.is_sound = True

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.is_sound &= tag in _ALLOWED_TAGS
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.is_sound &= bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(html: str) -> str | None:
    """Return the words of a message as Telegram counts them; None when it cannot be parsed."""
    if re.search(r"<(?!/?[a-z])|&(?!lt;|gt;|amp;|quot;)", html):
        return None
    parser = _Entities()
    parser.feed(html)
    parser.close()
    return "".join(parser.words) if parser.is_sound and not parser.open else None
