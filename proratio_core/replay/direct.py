"""The replay exchange without a network: ccxt asks and parses as ever, in this process and thread.

A session in virtual time asks some ten thousand times a simulated day. Over loopback each request
costs two threads a millisecond, and the order in which they run is the machine's. ccxt takes its
sessions from its settings (`session`), one of requests' kind and one of aiohttp's; these two answer
in their place, with the same documents as the server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

import msgspec

from proratio_core.clock import Clock, to_ms
from proratio_core.exchange.access import RECORD_HEADER
from proratio_core.replay.endpoints import Endpoints, UnknownPathError
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.refusals import RefusedError

__all__ = ["AsyncLine", "DirectExchange", "Line"]

_NOT_FOUND: Final = 404


class DirectExchange:
    """Recorded markets, asked in this process.

    Parameters
    ----------
    markets
        What is traded here.
    clock
        The exchange's time; candles after it do not exist yet.
    record
        Where the candles come from.
    """

    def __init__(self, markets: Collection[RecordedMarket], clock: Clock, *, record: str) -> None:
        self.requests: Counter[str] = Counter()
        self._endpoints = Endpoints(markets)
        self._clock = clock
        self._headers = {RECORD_HEADER: record, "Content-Type": "application/json"}

    def answer(self, method: str, url: str) -> Answer:
        """Return what a server would answer to a request for public data."""
        parts = urlsplit(url)
        self.requests[parts.path] += 1
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        document, status = self._document(method, parts.path, query)
        return Answer(status, msgspec.json.encode(document).decode(), self._headers)

    def _document(self, method: str, path: str, query: Mapping[str, str]) -> tuple[Any, int]:
        try:
            if method != "GET":
                raise UnknownPathError(path)
            return self._endpoints.answer(path, query, now_ms=to_ms(self._clock.now())), 200
        except RefusedError as refusal:
            return refusal.document, refusal.status
        except UnknownPathError as error:
            message = f"the replay has no {method} {error}; it serves public market data only"
            return {"code": -1, "msg": message}, _NOT_FOUND


class Answer:
    """A response, as far as ccxt looks at one."""

    reason = ""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.text = text
        self.headers = headers
        self.encoding = "utf-8"

    def raise_for_status(self) -> None:
        """Raise what requests raises for a response that is none."""
        if self.status_code >= 400:
            import requests  # noqa: PLC0415  # only where something was refused

            raise requests.HTTPError(f"{self.status_code}: {self.text}")


class _AsyncAnswer:
    """The same, as aiohttp hands it out."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status = answer.status_code
        self.reason = answer.reason
        self.headers = answer.headers

    async def __aenter__(self) -> _AsyncAnswer:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def text(self, *, errors: str = "strict") -> str:  # noqa: ARG002  # as aiohttp's
        """Return the body."""
        return self._answer.text


class _Cookies(Protocol):
    def clear(self) -> None: ...


class Line:
    """What ccxt takes for a session of requests."""

    def __init__(self, exchange: DirectExchange) -> None:
        self.headers: dict[str, str] = {}
        self.cookies: _Cookies = {}
        self._exchange = exchange

    def __deepcopy__(self, _: object) -> Line:
        return self  # settings are copied; there is one exchange

    def request(self, method: str, url: str, **_: Any) -> Answer:
        """Return the answer to a request."""
        return self._exchange.answer(method, url)

    def close(self) -> None:
        """Nothing is open."""


class AsyncLine:
    """What ccxt takes for a session of aiohttp."""

    def __init__(self, exchange: DirectExchange) -> None:
        self.headers: dict[str, str] = {}
        self._exchange = exchange

    def __deepcopy__(self, _: object) -> AsyncLine:
        return self  # as above

    def get(self, url: object, **_: Any) -> _AsyncAnswer:
        """Return the answer to a GET request."""
        return _AsyncAnswer(self._exchange.answer("GET", str(url)))

    async def close(self) -> None:
        """Nothing is open."""
