"""Whether a ccxt client can reach anything but this machine. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["foreign_urls"]


def foreign_urls(urls: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every address of a client that is not this machine's own, in the order they stand.

    Parameters
    ----------
    urls
        What ccxt calls `urls["api"]`: texts, or mappings of them.

    Examples
    --------
    >>> foreign_urls({"public": "http://127.0.0.1:8099/api", "ws": {"spot": "wss://example.org/ws"}})
    ('wss://example.org/ws',)
    """
    return tuple(url for url in _flat(urls) if not _is_loopback(urlsplit(url).hostname or ""))


def _flat(urls: Mapping[str, Any]) -> Iterator[str]:
    for value in urls.values():
        if isinstance(value, Mapping):
            yield from _flat(value)
        elif value:
            yield str(value)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name; where it leads is not known here
        return False
